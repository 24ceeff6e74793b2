import { describe, expect, test } from 'vitest';
import { factsOf, type RoundFacts, type WaitFacts } from '#domain/facts.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import {
  an,
  answered,
  assigned,
  binh,
  done,
  firstMessage,
  given,
  minute,
  opened,
  overdue,
  queued,
  settings,
  unassigned,
  waiting,
  wroteOn,
} from '#test/support/session-builders.ts';

type Told = SessionEvent | readonly SessionEvent[];

const DEADLINE = settings({ deadline: 30, warn: 5 });
const begun = [DEADLINE, ...firstMessage(0, 1), assigned(an, 0)];

const of = (...told: readonly Told[]) => factsOf(NEW_SESSION, told.flat());
const round = (no: number, ...told: readonly Told[]) =>
  of(...told).rounds.find((one) => one.no === no);
const wait = (no: number, ...told: readonly Told[]) =>
  of(...told).waits.find((one) => one.no === no);

const unassignedBy = (at: number, cause: 'by hand' | 'agent left' = 'by hand'): SessionEvent => ({
  ...(unassigned(an, at) as SessionEvent & { type: 'Unassigned' }),
  cause,
});
const ended = (at: number, cause: 'done' | 'removed', no = 1): SessionEvent => ({
  type: 'WaitEnded',
  at: minute(at),
  no,
  cause,
  endedAt: minute(at),
});
const removed = (at: number, seq = 1): SessionEvent[] => [
  { type: 'MessageRemoved', at: minute(at), seq },
  ended(at, 'removed'),
];
/** An answer that was sent earlier than it was heard of. */
const heardOf = (at: number, sentAt: number, upToSeq: number): SessionEvent => ({
  type: 'StaffAnswered',
  at: minute(at),
  agent: an,
  sentAt: minute(sentAt),
  upToSeq,
});
const endsAt = (at: number, endedAt: number): SessionEvent => ({
  type: 'WaitEnded',
  at: minute(at),
  no: 1,
  cause: 'answered',
  endedAt: minute(endedAt),
});
const doneBy = (at: number): SessionEvent[] => [ended(at, 'done'), done(at)];

describe('a round (R40)', () => {
  test.for<[string, SessionEvent[], Partial<RoundFacts>]>([
    [
      'begins when it is opened, by whom, and has nobody in charge',
      [opened(3)],
      { openedAt: minute(3), openedBy: 'customer', assignee: null, doneAt: null },
    ],
    [
      'counts its first response from the first customer’s message to the first answer',
      [...begun, ...answered(an, 7, 5)],
      { firstCustomerAt: minute(0), firstAnswerAt: minute(7), firstAnswerBy: an },
    ],
    [
      'keeps its first answer when there are more',
      [...begun, ...answered(an, 7, 5), ...waiting(8, 6, 2), heardOf(9, 9, 7)],
      { firstAnswerAt: minute(7) },
    ],
    [
      'knows an answer from the platform’s own tools without a name',
      [
        ...begun,
        { type: 'StaffAnswered', at: minute(4), agent: null, sentAt: minute(4), upToSeq: null },
        endsAt(4, 4),
      ],
      { firstAnswerAt: minute(4), firstAnswerBy: null },
    ],
    [
      'counts an answer from when it was sent, not from when it was accepted',
      [...begun, heardOf(9, 2, 5), endsAt(9, 2)],
      { firstAnswerAt: minute(2) },
    ],
    [
      'that an agent began has no first response before the customer writes',
      [
        { ...opened(0), cause: 'reply', by: an } as SessionEvent,
        assigned(an, 0),
        heardOf(1, 0, 1),
        ...waiting(5, 2),
      ],
      { openedBy: 'reply', firstCustomerAt: minute(5), firstAnswerAt: null },
    ],
    [
      'counts its handling time from the first assignment to Done',
      [...begun, assigned(binh, 10, { no: 2, from: an }), ...answered(binh, 12, 5), done(20, binh)],
      {
        firstAssignedAt: minute(0),
        firstAssignee: an,
        doneAt: minute(20),
        doneBy: binh,
        doneCause: 'agent',
        assignee: binh,
      },
    ],
    [
      'that closed by itself names the clock as the cause',
      [...begun, ...answered(an, 1, 5), done(31, null)],
      { doneCause: 'clock', doneBy: null },
    ],
    [
      'was in nobody’s charge at the end when it was unassigned before',
      [...begun, ...answered(an, 1, 5), unassigned(an, 2), done(3)],
      { firstAssignee: an, assignee: null },
    ],
  ])('%s', ([, events, expected]) => {
    expect(round(1, events)).toMatchObject(expected);
  });

  test('is answered by a reply that was sent before Done and accepted after it', () => {
    const events = [...begun, queued(4, 2), ...doneBy(5), heardOf(6, 4, 2)];
    expect(round(1, events)).toMatchObject({ firstAnswerAt: minute(4), firstAnswerBy: an });
  });

  test('is not answered by a reply of the round before that is accepted in it', () => {
    const events = [
      ...begun,
      queued(4, 2),
      ...doneBy(5),
      opened(6, 2),
      ...waiting(6, 4, 2),
      heardOf(7, 4, 2),
    ];
    expect(round(1, events)).toMatchObject({ firstAnswerAt: minute(4) });
    expect(round(2, events)).toMatchObject({ firstAnswerAt: null });
  });

  test('is not answered by a message that was on its way before the customer wrote', () => {
    const events = [
      { ...opened(0), cause: 'reply', by: an } as SessionEvent,
      assigned(an, 0),
      ...waiting(0, 2),
      heardOf(1, 0, 1),
    ];
    expect(round(1, events)).toMatchObject({ firstAnswerAt: null });
  });

  test('counts the earlier of two answers, though it was heard of later', () => {
    const events = [...begun, ...answered(an, 7, 5), heardOf(20, 3, 4)];
    expect(round(1, events)).toMatchObject({ firstAnswerAt: minute(3) });
  });

  test('is opened, answered and done in one turn as in many', () => {
    const events = [...begun, ...answered(an, 7, 5), done(8)];
    const [first] = of(events).rounds;
    expect(first).toEqual({
      no: 1,
      openedAt: minute(0),
      openedBy: 'customer',
      firstCustomerAt: minute(0),
      firstAssignedAt: minute(0),
      firstAssignee: an,
      firstAnswerAt: minute(7),
      firstAnswerBy: an,
      doneAt: minute(8),
      doneCause: 'agent',
      doneBy: an,
      assignee: an,
    });
  });
});

describe('the deadline of a wait (R40, R45)', () => {
  test.for<[string, SessionEvent[], Partial<WaitFacts>]>([
    [
      'runs without an outcome',
      begun,
      { round: 1, startedAt: minute(0), dueAt: minute(30), outcome: null, assignee: an },
    ],
    [
      'is met by an answer before it',
      [...begun, ...answered(an, 7, 5)],
      { outcome: 'met', endedAt: minute(7), endedBy: 'answered', answeredBy: an },
    ],
    ['is met by an answer just then', [...begun, ...answered(an, 30, 5)], { outcome: 'met' }],
    [
      'is missed as soon as it is told, while the wait goes on',
      [...begun, overdue(30)],
      { outcome: 'missed', endedAt: null, dueAt: minute(30) },
    ],
    [
      'is missed by an answer after it',
      [...begun, overdue(30), ...answered(an, 31, 5)],
      { outcome: 'missed', endedAt: minute(31) },
    ],
    [
      'is met by an answer that was sent before it and heard of after it was told as missed',
      [...begun, overdue(30), heardOf(32, 29, 5), endsAt(32, 29)],
      { outcome: 'met', endedAt: minute(29) },
    ],
    [
      'is neither when it is Done unanswered before it',
      [...begun, ...doneBy(10)],
      { outcome: 'none', endedBy: 'done', answeredBy: null },
    ],
    [
      'is missed when it is Done unanswered after it',
      [...begun, overdue(30), ...doneBy(40)],
      { outcome: 'missed', endedBy: 'done' },
    ],
    [
      'is neither when all messages were taken back before it',
      [...begun, ...removed(10)],
      { outcome: 'none', endedBy: 'removed' },
    ],
    [
      'stays missed when all messages were taken back after it',
      [...begun, overdue(30), ...removed(40)],
      { outcome: 'missed' },
    ],
    [
      'does not run while nobody is in charge',
      [DEADLINE, ...firstMessage(0, 1), ...answered(an, 90, 5)],
      { outcome: 'none', dueAt: null, assignee: null },
    ],
    [
      'is neither when it was stopped by unassigning',
      [...begun, unassignedBy(10), ...answered(an, 40, 5)],
      { outcome: 'none', dueAt: null },
    ],
    [
      'begins anew with the next assignment',
      [...begun, unassignedBy(10), assigned(binh, 20, { no: 2 }), ...answered(binh, 45, 5)],
      { outcome: 'met', dueAt: minute(50), assignee: binh },
    ],
    [
      'stays missed when the session is unassigned later',
      [...begun, overdue(30), unassignedBy(31), ...answered(an, 32, 5)],
      { outcome: 'missed', dueAt: minute(30) },
    ],
    [
      'stays missed when the next one that runs is met',
      [
        ...begun,
        overdue(30),
        unassignedBy(31),
        assigned(binh, 32, { no: 2 }),
        ...answered(binh, 33, 5),
      ],
      { outcome: 'missed', dueAt: minute(30), answeredBy: binh },
    ],
    [
      'stays missed when the settings move it later (R17)',
      [...begun, overdue(30), settings({ deadline: 60 }, 2), ...answered(an, 45, 5)],
      { outcome: 'missed', dueAt: minute(30) },
    ],
    [
      'follows the settings until it is missed',
      [...begun, settings({ deadline: 60 }, 2), ...answered(an, 45, 5)],
      { outcome: 'met', dueAt: minute(60) },
    ],
    [
      'is none when it is switched off',
      [...begun, settings({}, 2), ...answered(an, 45, 5)],
      { outcome: 'none', dueAt: null },
    ],
    [
      'is not moved by a reassignment from agent to agent',
      [...begun, assigned(binh, 10, { no: 2, from: an }), ...answered(binh, 12, 5)],
      { dueAt: minute(30), assignee: binh },
    ],
    [
      'is met by a reply that was sent in time before Done, though it was accepted after',
      [...begun, queued(4, 2), ...doneBy(5), heardOf(6, 4, 2)],
      { outcome: 'met', endedAt: minute(4), endedBy: 'answered', answeredBy: an },
    ],
    [
      'is neither when the reply before Done never arrived',
      [...begun, queued(4, 2), ...doneBy(5)],
      { outcome: 'none', endedBy: 'done', endedAt: minute(5) },
    ],
  ])('%s', ([, events, expected]) => {
    expect(wait(1, events)).toMatchObject(expected);
  });

  test('stands still while the session is snoozed, and begins anew (R59)', () => {
    const snoozed: SessionEvent = { type: 'Snoozed', at: minute(5), until: minute(100), by: an };
    const woken: SessionEvent = {
      type: 'Woken',
      at: minute(100),
      since: minute(100),
      cause: 'time',
      by: null,
    };
    expect(wait(1, begun, snoozed)).toMatchObject({ dueAt: null });
    expect(wait(1, begun, snoozed, woken, answered(an, 120, 5))).toMatchObject({
      dueAt: minute(130),
      outcome: 'met',
    });
  });

  test('of the messages that an answer did not reach is a deadline of its own', () => {
    const events = [
      ...begun,
      wroteOn(6, 3),
      heardOf(9, 5, 2),
      endsAt(9, 5),
      { type: 'WaitStarted', at: minute(9), no: 2, unanswered: [[3, minute(6)]] } as SessionEvent,
    ];
    expect(wait(1, events)).toMatchObject({ outcome: 'met', endedAt: minute(5) });
    expect(wait(2, events)).toMatchObject({ startedAt: minute(6), dueAt: minute(36) });
    expect(round(1, events)).toMatchObject({ firstCustomerAt: minute(0) });
  });
});

describe('what a turn tells', () => {
  test.for<[string, SessionEvent[]]>([
    ['nothing of another message in the same wait', [wroteOn(5, 2)]],
    ['nothing of a warning', [{ type: 'Warned', at: minute(25), dueAt: minute(30) }]],
    ['nothing of a reply that waits to go out', [queued(5, 2)]],
  ])('is %s', ([, events]) => {
    const facts = factsOf(given(begun), events);
    expect([facts.rounds, facts.waits]).toEqual([[], []]);
  });

  test('is nothing of the end of a wait that has ended before', () => {
    const before = given(begun, answered(an, 7, 5));
    expect(factsOf(before, [ended(8, 'removed')])).toMatchObject({ rounds: [], waits: [] });
  });

  test('needs no look back for a further message of the same agent', () => {
    const before = given(begun, answered(an, 7, 5));
    expect(factsOf(before, [heardOf(9, 8, 7)])).toEqual({
      rounds: [],
      waits: [],
      looksBackTo: null,
    });
  });

  test('needs a look back to when it was sent for an answer that is accepted after Done', () => {
    const before = given(begun, queued(4, 2), doneBy(5));
    expect(factsOf(before, [heardOf(6, 4, 2)]).looksBackTo).toBe(minute(4));
  });
});
