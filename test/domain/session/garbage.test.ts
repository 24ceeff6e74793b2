import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideAssignment } from '#domain/assignment.ts';
import { explain } from '#domain/explain.ts';
import { MINUTE } from '#domain/instant.ts';
import { notificationsOf } from '#domain/notification.ts';
import { nextDueAt } from '#domain/session/clocks.ts';
import { decideClose } from '#domain/session/close.ts';
import type { Entry } from '#domain/session/entry.ts';
import { NEW_SESSION, type Session } from '#domain/session/session.ts';
import { conclude, takeTurn, type Turn } from '#domain/session/turn.ts';
import { facts, member } from '#test/support/assignment-builders.ts';
import { an, binh, clocks, closingText, minute } from '#test/support/session-builders.ts';
import { anyFact, anyReport, fewMessages } from './random-facts.ts';

const anyTime = fc.integer({ min: -120, max: 120 }).map((minutes) => minute(minutes));
const guesses = {
  seq: fc.integer({ min: -3, max: 40 }),
  at: anyTime,
  messageId: fc.oneof(fewMessages, fc.constant(closingText)),
};

const garbage: fc.Arbitrary<Entry[]> = fc.array(
  fc
    .record({
      seq: guesses.seq,
      at: anyTime,
      fact: fc.oneof(anyFact(guesses), anyReport(guesses)),
    })
    .map(({ seq, at, fact }): Entry => ({ ...fact, seq, at })),
  { maxLength: 60, size: 'max' },
);

const known = facts({ team: [member(an)], cursor: binh });

function commit(turn: Turn, now: number): Session {
  const { ask, session } = turn;
  if (ask === null) return session;
  if (ask.ask === 'assign')
    return conclude(session, decideAssignment(ask, session, known, now).events, now).session;
  const close = {
    kind: 'message' as const,
    hasText: true,
    windowOpenUntil: now + MINUTE,
    messageId: closingText,
  };
  return conclude(session, decideClose(close, now), now).session;
}

test('whatever the journal says, a turn is taken, and every entry in it', () => {
  fc.assert(
    fc.property(garbage, anyTime, (entries, now) => {
      let session = NEW_SESSION;
      let waiting = entries;
      const policy = clocks({ close: 5, reassign: 3, deadline: 4, warn: 1 });
      for (let turns = 0; turns < 3 * entries.length + 10; turns += 1) {
        const turn = takeTurn(session, { entries: waiting, policy, denied: [], now });
        for (const event of turn.events) notificationsOf(event, session);
        waiting = waiting.slice(turn.taken);
        session = commit(turn, now + turns * MINUTE);
        expect(nextDueAt(session)).not.toBe(Infinity);
        expect(explain(session, turn.events)).not.toBe('');
      }
      expect(waiting).toEqual([]);
    }),
    { numRuns: Number(process.env.RUNS ?? 200) },
  );
});
