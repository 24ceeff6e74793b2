import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { OpenHours } from '#domain/policy.ts';
import { responseDueAt, runningClocks } from '#domain/session/clocks.ts';
import { evolve } from '#domain/session/evolve.ts';
import { isOpen, NEW_SESSION, type Session } from '#domain/session/session.ts';
import { ofType, stepsOf, uphold, withoutSeq, type Law } from './law.ts';

/** Minute by minute of the open time, and not by the rule's own way of counting. */
function openUntil(from: number, afterMs: number, hours: OpenHours | null): number {
  if (hours === null) return from + afterMs;
  const closed = hours.open.flatMap(([, to], index): [number, number][] => {
    const next = hours.open[index + 1]?.[0];
    return next === undefined ? [] : [[to, next]];
  });
  let due = from + afterMs;
  for (const [begins, ends] of closed) {
    if (ends <= from) continue;
    if (due > begins) due += ends - Math.max(begins, from);
  }
  return due;
}

describe('whatever happens in a day', () => {
  test.for<[string, Law]>([
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
      'a turn without a question is committed as it is',
      (sim) => {
        for (const { turn, events } of sim.commits)
          if (turn.ask === null) expect(events).toEqual(turn.events);
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
          const { wait, policy, snoozedUntil, awakeSince } = after;
          const from =
            inChargeSince && Math.max(wait.startedAt, inChargeSince, awakeSince ?? -Infinity);
          const { afterMs, businessHours } = policy.deadline;
          const hours = businessHours ? policy.hours : null;
          const dueAt =
            from === null || snoozedUntil !== null ? null : openUntil(from, afterMs, hours);
          expect(responseDueAt(after)).toBe(dueAt);
        }
      },
    ],
    [
      'an open session that nobody took out of the waiting line has an assignee or stands in it',
      (sim) => {
        let isOut = false;
        for (const { event } of stepsOf(sim)) {
          if (event.type === 'Unassigned') isOut = event.cause === 'by hand';
          if (event.type === 'NotAssigned')
            isOut = ['distribution off', 'responsible left'].includes(event.cause);
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
      'no deadline without an assignment, and no clock but one while it is snoozed',
      (sim) => {
        for (const { after } of stepsOf(sim)) {
          const running = runningClocks(after).map(({ clock }) => clock);
          if (!isOpen(after)) {
            expect(running).toEqual([]);
            continue;
          }
          if (after.assignee === null)
            for (const clock of ['warning', 'overdue', 'reassign'] as const)
              expect(running).not.toContain(clock);
          if (after.snoozedUntil !== null && after.status === 'open')
            expect(running).toEqual(['wake']);
        }
      },
    ],
    [
      'the assignee never helps besides, and nobody helps in a Done session',
      (sim) => {
        for (const { after } of stepsOf(sim)) {
          if (!isOpen(after)) continue;
          expect(after.supporters).not.toContain(after.assignee);
          expect(new Set(after.supporters).size).toBe(after.supporters.length);
        }
      },
    ],
    [
      'who has an assignee stands in no line',
      (sim) => {
        for (const { after } of stepsOf(sim)) {
          if (!isOpen(after)) continue;
          if (after.assignee !== null) expect(after.inLineSince).toBeNull();
        }
      },
    ],
    [
      'the rules give a session to nobody who may not have it',
      (sim) => {
        for (const { turn, events, known, before } of sim.commits) {
          const given = events.find((event) => event.type === 'Assigned');
          if (given === undefined || turn.ask?.ask !== 'assign' || turn.ask.to !== null) continue;
          const chosen = known.team.find(({ agent }) => agent === given.agent);
          expect(chosen?.disabled).toBe(false);
          const isSticky = turn.ask.sticky && known.rules.sticky && before.lastAssignee !== null;
          if (isSticky) expect(given.agent).toBe(before.lastAssignee);
          if (isSticky) continue;
          expect(chosen?.receives).toBe(true);
          if (known.rules.applyTo === 'online') expect(chosen?.online).toBe(true);
          if (turn.ask.group !== null) continue;
          expect(known.rules.distribution).toBe(true);
          expect(chosen?.capacity == null || chosen.load < chosen.capacity).toBe(true);
        }
      },
    ],
    [
      'a snooze ends by its time, by the customer, by an agent or with the session',
      (sim) => {
        let snoozed = false;
        for (const { event, before, after } of stepsOf(sim)) {
          const is = isOpen(after) && after.snoozedUntil !== null;
          if (snoozed && !is) expect(['Woken', 'MarkedDone']).toContain(event.type);
          if (event.type === 'Woken') expect(isOpen(before) && before.snoozedUntil).not.toBe(null);
          snoozed = is;
        }
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
  ])('%s', ([, law]) => {
    uphold(law);
  });
});
