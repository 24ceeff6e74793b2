import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runningClocks } from '#domain/session/clocks.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { isOpen, NEW_SESSION, type Session } from '#domain/session/session.ts';
import { upcast, upcastPolicy, type StoredSession } from '#domain/session/upcast.ts';
import { takeTurn } from '#domain/session/turn.ts';

/**
 * Sessions as version 1 of the program committed them, with the events that led there. Frozen: a file in this folder is
 * never edited, only joined by those of later versions.
 */
const frozen = JSON.parse(readFileSync(new URL('fixtures/v1.json', import.meta.url), 'utf8')) as {
  name: string;
  stored: StoredSession;
  events: SessionEvent[];
}[];

/**
 * How far the journal is applied stands in no event. And who came while distribution was off stood in no line in
 * version 1, which no state of it tells from who was unassigned by hand.
 */
const unknownTo = (session: Session) => ({
  lastSeq: session.lastSeq,
  ...(isOpen(session) && session.assignee === null ? { inLineSince: null } : {}),
});

describe('a session stored by version 1', () => {
  test.for(frozen.map((one) => [one.name, one] as const))('%s', ([, { stored, events }]) => {
    const session = upcast(structuredClone(stored));
    expect(session.v).toBe(2);
    // The old events, told by today's program, lead to the same.
    const folded = events.reduce<Session>(evolve, NEW_SESSION);
    expect({ ...folded, ...unknownTo(session) }).toEqual({ ...session, ...unknownTo(session) });
    // And today's program goes on with it: time alone finds nothing to complain about.
    const { events: next } = takeTurn(session, {
      entries: [],
      policy: null,
      denied: [],
      now: Date.parse('2026-11-01T00:00:00Z'),
    });
    expect(next.every(({ type }) => typeof type === 'string')).toBe(true);
    if (isOpen(session)) {
      expect([session.supporters, session.snoozedUntil]).toEqual([[], null]);
      expect(runningClocks(session).every(({ at }) => Number.isFinite(at))).toBe(true);
    }
  });

  test('nothing stored yet is a new session', () => {
    expect(upcast(null)).toBe(NEW_SESSION);
  });

  test('what is of today stays as it is', () => {
    expect(upcast(NEW_SESSION)).toBe(NEW_SESSION);
    expect(upcastPolicy(NEW_SESSION.policy)).toEqual(NEW_SESSION.policy);
  });
});
