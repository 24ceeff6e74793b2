import { describe, expect, test } from 'vitest';
import { decideAssignment, type AssignmentFacts } from '#domain/assignment.ts';
import { nextDueAt, runningClocks } from '#domain/session/clocks.ts';
import type { Session } from '#domain/session/session.ts';
import type { Turn } from '#domain/session/turn.ts';
import { byTimeout, facts, member } from '#test/support/assignment-builders.ts';
import {
  an,
  answered,
  assigned,
  binh,
  chi,
  failed,
  firstMessage,
  foundNobody,
  given,
  minute,
  queued,
  sending,
  settings,
  unassigned,
  unconfirmed,
  waiting,
  wroteOn,
} from '#test/support/session-builders.ts';
import { answersElsewhere, replies, turnAt, turnOn } from './entries.ts';

const tenMinutes = settings({ reassign: 10 });
/** The customer wrote at minute 1; An has been in charge since minute 2. */
const asked = [tenMinutes, ...firstMessage(1), assigned(an, 2)];

const dueAt = (session: Session) =>
  runningClocks(session).find(({ clock }) => clock === 'reassign')?.at ?? null;

describe('R44: the reassign clock', () => {
  test.for<[string, Session, number | null]>([
    ['runs from the assignment, if that is later', given(...asked), 12],
    [
      'runs from the beginning of the wait, if that is later',
      given(...asked, ...answered(an, 3, 2), ...waiting(5, 3, 2)),
      15,
    ],
    [
      'runs for an agent who was put in charge by hand',
      given(tenMinutes, ...firstMessage(1), assigned(an, 2, { how: 'manual', by: binh })),
      12,
    ],
    ['is not moved by a further message', given(...asked, wroteOn(5, 2)), 12],
    ['begins anew with the next agent', given(...asked, assigned(binh, 6, { no: 2 })), 16],
    ['does not run before anybody is in charge', given(tenMinutes, ...firstMessage(1)), null],
    ['does not run after unassigning', given(...asked, unassigned(an, 3)), null],
    ['does not run while nobody waits', given(...asked, ...answered(an, 3, 2)), null],
    ["stops with a supporter's answer", given(...asked, ...answered(binh, 3, 2)), null],
    ['does not run when it is off', given(...asked, settings({}, 2)), null],
    ['is held by a reply that waits to be sent', given(...asked, queued(3, 2)), null],
    ['is held by a reply that is being sent', given(...asked, ...sending(3, 2)), null],
    [
      'goes on after a failed reply as if it had not been tried',
      given(...asked, ...sending(3, 2), failed(4)),
      12,
    ],
    [
      'goes on after an unconfirmed reply as if it had not been tried',
      given(...asked, ...sending(3, 2), unconfirmed(4)),
      12,
    ],
    [
      'is not held by a reply from before the wait',
      given(
        tenMinutes,
        ...firstMessage(1),
        assigned(an, 2),
        queued(3, 2),
        ...answered(binh, 4, 3),
        [...waiting(5, 4, 2)],
      ),
      15,
    ],
    ['rests once it has found nobody', given(...asked, ...foundNobody(12)), null],
    [
      'runs again for the next agent after it had found nobody',
      given(...asked, ...foundNobody(12), assigned(binh, 14, { no: 3, how: 'manual' })),
      24,
    ],
  ])('%s', ([, session, then]) => {
    expect(dueAt(session)).toBe(then === null ? null : minute(then));
  });

  test('falls due in the millisecond, not before', () => {
    const due = minute(12);
    expect(turnAt(given(...asked), due - 1).ask).toBe(null);
    expect(turnAt(given(...asked), due).ask).toEqual(byTimeout(an));
    expect(nextDueAt(given(...asked))).toBe(due);
  });

  test('gives way to a reply that was sent before it is looked at', () => {
    const turn = turnOn(given(...asked), replies(an, 13, 2));
    expect(turn.ask).toBe(null);
  });

  test('gives way to an answer elsewhere that comes in with it', () => {
    expect(turnOn(given(...asked), answersElsewhere(11, 13, 2)).ask).toBe(null);
  });
});

describe('R44: the next agent', () => {
  const again = [...asked, assigned(binh, 12, { no: 2, how: 'timeout', from: an }), wroteOn(13, 2)];

  test.for<[string, Session, string[]]>([
    ['is not the one who let it pass', given(...asked), ['an']],
    ['is none of those who were in charge during the wait', given(...again), ['an', 'binh']],
    [
      'is none of those who gave it up during the wait',
      given(...asked, unassigned(an, 3), assigned(chi, 4, { no: 2 })),
      ['an', 'chi'],
    ],
    [
      'may be somebody who was in charge during an earlier wait',
      given(...again, ...answered(binh, 14, 3), ...waiting(15, 4, 2)),
      ['binh'],
    ],
    [
      'may be somebody who was in charge of what was answered in part',
      given(
        ...again,
        { type: 'WaitEnded', at: minute(14), no: 1, cause: 'answered', endedAt: minute(13) },
        { type: 'WaitStarted', at: minute(14), no: 2, unanswered: [[3, minute(13)]] },
      ),
      ['binh'],
    ],
  ])('%s', ([, session, excluded]) => {
    expect(turnAt(session, minute(60)).ask).toMatchObject({ how: 'timeout', exclude: excluded });
  });
});

describe('R44, R5 × R44: a time-out that finds nobody', () => {
  const nobody = facts({ team: [] });
  const eventsOf = ({ ask, session }: Turn, known: AssignmentFacts) =>
    ask?.ask === 'assign' ? decideAssignment(ask, session, known, minute(30)).events : [];

  test.for<[string, Session, AssignmentFacts, object[]]>([
    [
      'leaves the session where it is and tells the admins',
      given(...asked),
      nobody,
      [
        { type: 'NotAssigned', no: 2, how: 'timeout', cause: 'nobody qualifies' },
        { type: 'Escalated', cause: 'nobody qualifies' },
      ],
    ],
    [
      'does so while distribution is off',
      given(...asked),
      facts({ rules: { distribution: false }, team: [member(binh)] }),
      [{ type: 'NotAssigned', cause: 'distribution off' }, { type: 'Escalated' }],
    ],
    [
      'tells the admins once per wait',
      given(...asked, ...foundNobody(12), assigned(binh, 14, { no: 3 })),
      nobody,
      [{ type: 'NotAssigned', no: 4 }],
    ],
    [
      'tells them again in the next wait',
      given(...asked, ...foundNobody(12), ...answered(an, 14, 3), ...waiting(15, 4, 2)),
      nobody,
      [{ type: 'NotAssigned', no: 3 }, { type: 'Escalated' }],
    ],
  ])('%s', ([, session, facts, then]) => {
    expect(eventsOf(turnAt(session, minute(30)), facts)).toMatchObject(then);
  });

  test('keeps the assignee', () => {
    expect(given(...asked, ...foundNobody(12))).toMatchObject({ assignee: an });
  });
});
