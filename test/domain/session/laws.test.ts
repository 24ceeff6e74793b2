import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { responseDueAt } from '#domain/session/clocks.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { isOpen, NEW_SESSION, type Session } from '#domain/session/session.ts';
import type { Simulation } from '#test/support/simulate.ts';
import { day, live } from './random-days.ts';

const RUNS = Number(process.env.RUNS ?? 300);

type Step = { before: Session; event: SessionEvent; after: Session; next: SessionEvent | null };

/** Every event with the session around it. */
function stepsOf(sim: Simulation): Step[] {
  let before: Session = NEW_SESSION;
  const { events } = sim;
  return events.map((event, index) => {
    const after = evolve(before, event);
    const step = { before, event, after, next: events[index + 1] ?? null };
    before = after;
    return step;
  });
}

const ofType = <Type extends SessionEvent['type']>(sim: Simulation, type: Type) =>
  sim.events.filter((event): event is SessionEvent & { type: Type } => event.type === type);

const withoutSeq = (session: Session) => ({ ...session, lastSeq: 0 });

describe('whatever happens in a day', () => {
  test.for<[string, (sim: Simulation) => void]>([
    [
      'the session is the fold of its events',
      (sim) => {
        let folded: Session = NEW_SESSION;
        for (const { events, after } of sim.commits) {
          folded = events.reduce(evolve, folded);
          expect(withoutSeq(folded)).toEqual(withoutSeq(after));
        }
      },
    ],
    [
      'the session is plain JSON',
      (sim) => {
        for (const { after } of sim.commits)
          if (!isDeepStrictEqual(JSON.parse(JSON.stringify(after)), after))
            expect(JSON.parse(JSON.stringify(after))).toStrictEqual(after);
      },
    ],
    [
      'the journal is applied in order and nothing of it twice',
      (sim) => {
        for (const { before, turn, after } of sim.commits)
          expect(after.lastSeq).toBe(before.lastSeq + turn.taken);
      },
    ],
    [
      'every reply and command gets its outcome',
      (sim) => {
        for (const entry of sim.journal.slice(0, sim.session.lastSeq))
          if ('commandId' in entry) expect(sim.outcomes.has(entry.commandId)).toBe(true);
      },
    ],
    [
      'rounds, waits and assignments are numbered without gaps',
      (sim) => {
        const counted = (numbers: number[]) =>
          expect(numbers).toEqual(numbers.map((_, i) => i + 1));
        counted(ofType(sim, 'Opened').map(({ round }) => round));
        counted(ofType(sim, 'WaitStarted').map(({ no }) => no));
        counted(
          sim.events.flatMap((event) =>
            event.type === 'Assigned' || event.type === 'NotAssigned' ? [event.no] : [],
          ),
        );
      },
    ],
    [
      'a round begins when the one before is done, a wait when the one before has ended',
      (sim) => {
        for (const { before, event } of stepsOf(sim)) {
          if (event.type === 'Opened') expect(before.status).toBe('done');
          if (event.type === 'MarkedDone') expect(before.status).not.toBe('done');
          if (event.type === 'WaitStarted') expect(isOpen(before) && before.wait).toBe(null);
          if (event.type === 'WaitEnded') expect(isOpen(before) && before.wait).not.toBe(null);
        }
      },
    ],
    [
      'a wait holds exactly what the customer wrote since the last answer or Done',
      (sim) => {
        let unanswered: [number, number][] = [];
        for (const { event, after, next } of stepsOf(sim)) {
          if (event.type === 'MessageReceived') unanswered.push([event.seq, event.at]);
          if (event.type === 'MessageRemoved')
            unanswered = unanswered.filter(([seq]) => seq !== event.seq);
          if (event.type === 'StaffAnswered')
            unanswered = unanswered.filter(([seq, at]) =>
              event.upToSeq === null ? at > event.sentAt : seq > event.upToSeq,
            );
          if (event.type === 'MarkedDone') unanswered = [];
          // What begins or ends with a message or an answer is told right after it.
          if (event.type === 'WaitEnded' || next?.type.startsWith('Wait')) continue;
          expect(isOpen(after) ? (after.wait?.unanswered ?? []) : []).toEqual(unanswered);
        }
      },
    ],
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
      'each wait is escalated once, and late once for each time that its deadline began',
      (sim) => {
        const told = stepsOf(sim).flatMap(({ before, event }) => {
          if (!isOpen(before)) return [];
          const no = String(before.wait?.no);
          if (event.type === 'Escalated') return [`escalated ${no}`];
          if (event.type !== 'Overdue') return [];
          return [`overdue ${no} in charge since ${String(before.inChargeSince)}`];
        });
        expect(told).toEqual([...new Set(told)]);
      },
    ],
    [
      'the warning comes before the deadline is missed, but for one that was already answered',
      (sim) => {
        for (const { before, event, next } of stepsOf(sim)) {
          if (event.type === 'Warned')
            expect(isOpen(before) && before.wait).toMatchObject({
              warnedAt: null,
              overdueAt: null,
            });
          if (event.type === 'Overdue' && next?.type !== 'StaffAnswered')
            expect(isOpen(before) && before.wait?.warnedAt).not.toBe(null);
        }
      },
    ],
    [
      'the response deadline counts from the later of the wait and its first assignment',
      (sim) => {
        let inChargeSince: number | null = null;
        for (const { event, after } of stepsOf(sim)) {
          if (!isOpen(after) || after.assignee === null) inChargeSince = null;
          else if (event.type === 'Assigned') inChargeSince ??= event.at;
          if (!isOpen(after) || after.wait === null || !after.policy.deadline.on) continue;
          const from = inChargeSince && Math.max(after.wait.startedAt, inChargeSince);
          const dueAt = from && from + after.policy.deadline.afterMs;
          expect(responseDueAt(after)).toBe(dueAt);
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
            (event.type === 'MarkedDone' && event.by === null);
          if (!timely) continue;
          const [first = 0] = before.wait?.unanswered[0] ?? [];
          const held = before.sends.filter((send) => send.author !== null && send.seq > first);
          expect(held).toEqual([]);
        }
      },
    ],
    [
      'an open session that nobody took out of the waiting line has an assignee or stands in it',
      (sim) => {
        let isOut = false;
        for (const { event } of stepsOf(sim)) {
          if (event.type === 'Unassigned') isOut = event.cause === 'by hand';
          if (event.type === 'NotAssigned') isOut = event.cause === 'distribution off';
          if (event.type === 'Opened') isOut = false;
        }
        const { session } = sim;
        if (!isOpen(session) || isOut) return;
        expect(session.assignee ?? session.inLineSince).not.toBe(null);
      },
    ],
    [
      'a wait ends after it has begun',
      (sim) => {
        for (const { before, event } of stepsOf(sim))
          if (event.type === 'WaitEnded' && isOpen(before))
            expect(event.endedAt).toBeGreaterThanOrEqual(before.wait?.startedAt ?? Infinity);
      },
    ],
    [
      'a time-out goes to somebody who was not in charge during the wait',
      (sim) => {
        for (const { before, event } of stepsOf(sim))
          if (event.type === 'Assigned' && event.how === 'timeout' && isOpen(before))
            expect(before.wait?.tried).not.toContain(event.agent);
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
    fc.assert(
      fc.property(day, (lived) => {
        law(live(lived));
      }),
      { numRuns: RUNS },
    );
  });
});
