import { describe, expect, test } from 'vitest';
import { nextDueAt, runningClocks, type ClockName } from '#domain/session/clocks.ts';
import type { Entry } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import {
  an,
  answered,
  assigned,
  binh,
  doubtful,
  failed,
  firstMessage,
  given,
  minute,
  overdue,
  queued,
  sending,
  settings,
  unassigned,
  unconfirmed,
  waiting,
  warned,
  wroteOn,
} from '#test/support/session-builders.ts';
import {
  answersElsewhere,
  asks,
  customerWrites,
  echoes,
  replies,
  reports,
  turnAt,
  turnOn,
} from './entries.ts';

const promise = settings({ deadline: 30, warn: 5 });
/** The customer wrote at minute 1; An has been in charge since minute 2. */
const asked = [promise, ...firstMessage(1), assigned(an, 2)];
const told = [warned(27, 32), overdue(32)];

const clock = (session: Session, name: ClockName) =>
  runningClocks(session).find((one) => one.clock === name)?.at ?? null;

describe('R45: the response deadline', () => {
  test.for<[string, Session, number | null]>([
    ['counts from the first assignment, if that is later', given(...asked), 32],
    [
      'counts from the beginning of the wait, if that is later',
      given(...asked, ...answered(an, 3, 2), ...waiting(5, 3, 2)),
      35,
    ],
    [
      'counts from the assignment, if the message had arrived before it and was written down after',
      given(...asked, ...answered(an, 3, 2), unassigned(an, 4), assigned(binh, 6), [
        ...waiting(5, 4, 2),
      ]),
      36,
    ],
    ['is not moved by a further message', given(...asked, wroteOn(9, 2)), 32],
    ['is not moved by a reassignment', given(...asked, assigned(binh, 12, { no: 2 })), 32],
    [
      'is not moved by a reassignment while an answer in part was under way',
      given(
        ...asked,
        wroteOn(4, 3),
        assigned(binh, 12, { no: 2 }),
        { type: 'WaitEnded', at: minute(13), no: 1, cause: 'answered', endedAt: minute(3) },
        { type: 'WaitStarted', at: minute(13), no: 2, unanswered: [[3, minute(4)]] },
      ),
      34,
    ],
    ['does not run while the session is unassigned', given(promise, ...firstMessage(1)), null],
    ['is stopped by unassigning', given(...asked, unassigned(an, 9)), null],
    [
      'begins anew with the assignment after that',
      given(...asked, unassigned(an, 9), assigned(binh, 12, { no: 2 })),
      42,
    ],
    [
      'begins anew after unassigning, though it had been missed',
      given(...asked, ...told, unassigned(an, 40), assigned(binh, 41, { no: 2 })),
      71,
    ],
    ['is cleared by an answer', given(...asked, ...answered(an, 3, 2)), null],
    ['does not run when it is off', given(...asked, settings({}, 2)), null],
    ['is held by a reply that is on its way', given(...asked, queued(3, 2)), null],
    ['goes on after a failed reply', given(...asked, ...sending(3, 2), failed(4)), 32],
    ['goes on after an unconfirmed reply', given(...asked, ...sending(3, 2), unconfirmed(4)), 32],
    ['does not fall due twice', given(...asked, ...told), null],
  ])('%s', ([, session, then]) => {
    expect(clock(session, 'overdue')).toBe(then === null ? null : minute(then));
  });
});

describe('R45: as time goes by', () => {
  test.for<[string, Session, number, Partial<SessionEvent>[]]>([
    ['nothing is told before the warning', given(...asked), 26.99, []],
    [
      'the warning is told its time before the deadline',
      given(...asked),
      27,
      [{ type: 'Warned', at: minute(27), dueAt: minute(32) }],
    ],
    ['the warning is told once', given(...asked, warned(27, 32)), 31.99, []],
    [
      'the missed deadline is told',
      given(...asked, warned(27, 32)),
      32,
      [{ type: 'Overdue', at: minute(32), dueAt: minute(32) }],
    ],
    ['the missed deadline is told once', given(...asked, ...told), 90, []],
    [
      'both are told in order when they are looked at late',
      given(...asked),
      50,
      [{ type: 'Warned' }, { type: 'Overdue', at: minute(50), dueAt: minute(32) }],
    ],
    ['nothing is told of an unassigned session', given(promise, ...firstMessage(1)), 90, []],
    ['nothing is told while a reply is on its way', given(...asked, ...sending(26, 2)), 26.2, []],
    [
      'both are told anew after unassigning',
      given(...asked, ...told, unassigned(an, 40), assigned(binh, 41, { no: 2 })),
      71,
      [{ type: 'Warned' }, { type: 'Overdue', dueAt: minute(71) }],
    ],
  ])('%s', ([, session, at, then]) => {
    expect(turnAt(session, minute(at)).events).toMatchObject(then);
  });

  test('R20: it has been missed since the deadline, however late that is seen', () => {
    const { session } = turnAt(given(...asked), minute(50));
    expect(isOpen(session) && session.wait?.overdueAt).toBe(minute(32));
  });

  test('the warning is what a session waits for first', () => {
    expect(nextDueAt(given(...asked))).toBe(minute(27));
  });
});

const sent = (at: number, seq: number): Entry => reports({ is: 'sent' }, [at, seq]);

describe('R45: an answer', () => {
  test.for<[string, Session, Entry, Partial<SessionEvent>[]]>([
    [
      'that was sent in time is in time, however late it is accepted',
      given(...asked, ...sending(26, 2), doubtful(26)),
      sent(40, 3),
      [{ type: 'SendAccepted' }, { type: 'StaffAnswered' }, { type: 'WaitEnded' }],
    ],
    [
      'that was sent late leaves the deadline missed',
      given(...asked),
      replies(an, 40, 2),
      [
        { type: 'Warned' },
        { type: 'Overdue' },
        { type: 'ReplyQueued' },
        { type: 'AttemptRecorded' },
      ],
    ],
    [
      'that was sent late leaves the deadline missed, though a reply held the clock',
      given(...asked, ...sending(26, 2), doubtful(26)),
      answersElsewhere(35, 36, 3),
      [
        { type: 'Overdue', dueAt: minute(32) },
        { type: 'StaffAnswered' },
        { type: 'WaitEnded', endedAt: minute(35) },
      ],
    ],
    [
      'that fails lets the deadline be missed at once',
      given(...asked, ...sending(26, 2), doubtful(26)),
      reports({ is: 'not_shown' }, [33, 3]),
      [{ type: 'SendUnconfirmed' }, { type: 'Warned' }, { type: 'Overdue', dueAt: minute(32) }],
    ],
    [
      'that is heard of after it was given up was in time all the same',
      given(...asked, ...sending(26, 2), unconfirmed(28), warned(28, 32), overdue(32)),
      echoes(40, 3),
      [
        { type: 'SendAccepted' },
        { type: 'StaffAnswered', sentAt: minute(26) },
        { type: 'WaitEnded', endedAt: minute(26) },
      ],
    ],
  ])('%s', ([, session, when, then]) => {
    const { events } = turnOn(session, when);
    const more = events.filter(({ type }) => !['LookedAt', 'SettlementAsked'].includes(type));
    expect(more).toMatchObject(then);
  });
});

describe('R45: what comes in after the deadline finds it missed', () => {
  test.for<[string, Entry]>([
    ['a message', customerWrites(40, 2)],
    ['Done', asks(an, { type: 'done', seenSeq: 1 }, [40, 2])],
    ['unassigning', asks(an, { type: 'unassign', from: an }, [40, 2])],
    ['taking it over', asks(binh, { type: 'take', from: an }, [40, 2])],
  ])('%s', ([, entry]) => {
    const [first, second] = turnOn(given(...asked), entry).events;
    expect([first?.type, second?.type]).toEqual(['Warned', 'Overdue']);
  });

  test('but Done in time misses nothing', () => {
    const done = asks(an, { type: 'done', seenSeq: 1 }, [20, 2]);
    const types = turnOn(given(...asked), done).events.map(({ type }) => type);
    expect(types).toEqual(['WaitEnded', 'MarkedDone']);
  });
});
