import { describe, expect, test } from 'vitest';
import { isOpen } from '#domain/session/session.ts';
import { ofType, stepsOf, uphold, type Law } from './law.ts';

describe('whatever happens in a day', () => {
  test.for<[string, Law]>([
    [
      'done by hand has seen every message before it',
      (sim) => {
        for (const { before, events, after } of sim.commits) {
          if (!events.some((event) => event.type === 'MarkedDone' && event.cause === 'agent'))
            continue;
          const dones = sim.journal.slice(before.lastSeq, after.lastSeq).filter((entry) => {
            if (entry.kind !== 'command' || entry.command.type !== 'done') return false;
            const { seenSeq } = entry.command;
            return sim.journal
              .slice(0, entry.seq)
              .every((other) => other.kind !== 'customer_message' || other.seq <= seenSeq);
          });
          expect(dones).not.toEqual([]);
        }
      },
    ],
    [
      'a close by clock finds nobody waiting',
      (sim) => {
        for (const { before, event } of stepsOf(sim))
          if (event.type === 'CloseStarted' || (event.type === 'MarkedDone' && event.by === null))
            expect(isOpen(before) && before.wait).toBe(null);
      },
    ],
    [
      'nothing came in from the closing text to Done',
      (sim) => {
        let begun = 0;
        for (const { before, events, after } of sim.commits) {
          if (events.some((event) => event.type === 'CloseStarted')) begun = after.lastSeq;
          if (before.status !== 'closing') continue;
          if (!events.some((event) => event.type === 'MarkedDone' && event.cause === 'clock'))
            continue;
          const kinds = sim.journal
            .slice(begun, after.lastSeq)
            .filter(
              (entry) => !('commandId' in entry) || sim.outcomes.get(entry.commandId) === null,
            )
            .map(({ kind }) => kind);
          expect(kinds).not.toContain('customer_message');
          expect(kinds).not.toContain('reply');
        }
      },
    ],
    [
      'no clock runs out while a reply is on its way that may answer',
      (sim) => {
        for (const { before, event, next } of stepsOf(sim)) {
          if (!isOpen(before) || next?.type === 'StaffAnswered') continue;
          const timely =
            ['Warned', 'Overdue', 'CloseStarted'].includes(event.type) ||
            ('how' in event && event.how === 'timeout') ||
            (event.type === 'MarkedDone' && event.cause === 'clock');
          if (!timely) continue;
          const [first = 0] = before.wait?.unanswered[0] ?? [];
          const held = before.sends.filter((send) => send.author !== null && send.seq > first);
          expect(held).toEqual([]);
        }
      },
    ],
    [
      'no message is handed out again while an earlier attempt may have arrived, but by choice',
      (sim) => {
        const ids = new Set(ofType(sim, 'AttemptRecorded').map(({ messageId }) => messageId));
        for (const id of ids) {
          const retries = ofType(sim, 'ReplyQueued').filter(
            ({ messageId, retry }) => retry && messageId === id,
          );
          const arrived = sim.arrived.filter((messageId) => messageId === id);
          expect(arrived.length).toBeLessThanOrEqual(1 + retries.length);
        }
      },
    ],
    [
      'every attempt of a message has a number of its own',
      (sim) => {
        const attempts = ofType(sim, 'AttemptRecorded').map(
          ({ messageId, attempt }) => `${messageId}/${String(attempt)}`,
        );
        expect(attempts).toEqual([...new Set(attempts)]);
      },
    ],
    [
      'every outgoing message ends',
      (sim) => {
        expect(sim.session.sends).toEqual([]);
        expect(sim.session.status).not.toBe('closing');
      },
    ],
  ])('%s', ([, law]) => {
    uphold(law);
  });
});
