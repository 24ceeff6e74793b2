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
type Frozen = { name: string; stored: StoredSession; events: SessionEvent[] };

/** States and the events that led to them, as a version of the program stored them. */
const frozenBy = (version: number): [string, Frozen][] => {
  const file = new URL(`fixtures/v${String(version)}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as Frozen[]).map((one) => [one.name, one]);
};

/**
 * What version 1 knew. How far the journal is applied stands in no event. Who came while distribution was off stood in
 * no line, which no state of it tells from who was unassigned by hand. And of a missed deadline it kept when that was
 * noticed.
 */
const knownTo = (session: Session) => {
  if (!isOpen(session)) return { ...session, lastSeq: 0 };
  const { wait, assignee, inLineSince } = session;
  return {
    ...session,
    lastSeq: 0,
    inLineSince: assignee === null ? null : inLineSince,
    wait: wait && { ...wait, overdueAt: wait.overdueAt !== null },
  };
};

describe('a session stored by version 1', () => {
  test.for(frozenBy(1))('%s', ([, { stored, events }]) => {
    const session = upcast(structuredClone(stored));
    expect(session.v).toBe(2);
    // The old events, told by today's program, lead to the same.
    const folded = events.reduce<Session>(evolve, NEW_SESSION);
    expect(knownTo(folded)).toEqual(knownTo(session));
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
});

describe('a session stored by version 2', () => {
  test.for(frozenBy(2))('%s', ([, { stored, events }]) => {
    const session = upcast(structuredClone(stored));
    expect(session).toEqual(stored);
    expect(events.reduce<Session>(evolve, NEW_SESSION)).toEqual({ ...session, lastSeq: 0 });
  });
});

describe('what is stored', () => {
  test('nothing stored yet is a new session', () => {
    expect(upcast(null)).toBe(NEW_SESSION);
  });

  test('what is of today stays as it is', () => {
    expect(upcast(NEW_SESSION)).toBe(NEW_SESSION);
    expect(upcastPolicy(NEW_SESSION.policy)).toEqual(NEW_SESSION.policy);
  });
});
