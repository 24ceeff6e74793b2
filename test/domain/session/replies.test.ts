import { describe, expect, test } from 'vitest';
import type { Command, Entry } from '#domain/session/entry.ts';
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
  message,
  minute,
  sending,
  text,
  unassigned,
  unconfirmed,
  wroteOn,
} from '#test/support/session-builders.ts';
import { asks, echoes, refusalOf, replies, reports, turnOn } from './entries.ts';

/** The customer wrote at minute 1 (place 1); An is in charge and replied at minute 2 (place 2). */
const asked = [...firstMessage(1), assigned(an, 1)];
const lost = given(...asked, ...sending(2, 2), failed(3));
const inDoubt = given(...asked, ...sending(2, 2), unconfirmed(3));

const retry: Command = { type: 'retry', messageId: text };
const sendAgain: Command = { type: 'confirm', messageId: text, arrived: false };
const itArrived: Command = { type: 'confirm', messageId: text, arrived: true };

type Then = Partial<SessionEvent>[];

describe('a reply', () => {
  test.for<[string, Session, Entry, Then]>([
    [
      'is queued and handed out at once',
      given(...asked),
      replies(an, 2, 2),
      [
        { type: 'ReplyQueued', messageId: text, seq: 2, agent: an, retry: false },
        { type: 'AttemptRecorded', messageId: text, attempt: 1 },
      ],
    ],
    [
      'that the platform refuses has failed, and why',
      given(...asked, ...sending(2, 2)),
      reports({ is: 'failed', reason: 'outside_window' }, [2.1, 3]),
      [{ type: 'SendFailed', messageId: text, reason: 'outside_window' }],
    ],
    [
      'that failed is retried',
      lost,
      asks(an, retry, [4, 3]),
      [
        { type: 'ReplyQueued', messageId: text, seq: 3, agent: an, retry: true },
        { type: 'AttemptRecorded', messageId: text, attempt: 2 },
      ],
    ],
    [
      'that is unconfirmed is sent again by choice',
      inDoubt,
      asks(binh, sendAgain, [4, 3]),
      [
        { type: 'ReplyQueued', agent: binh, retry: true },
        { type: 'AttemptRecorded', attempt: 2 },
      ],
    ],
    [
      'that is unconfirmed is retried like one that failed',
      inDoubt,
      asks(an, retry, [4, 3]),
      [{ type: 'ReplyQueued' }, { type: 'AttemptRecorded', attempt: 2 }],
    ],
    [
      'that somebody says arrived is the answer, from when it was sent',
      inDoubt,
      asks(binh, itArrived, [4, 3]),
      [
        { type: 'SendAccepted', messageId: text },
        { type: 'StaffAnswered', at: minute(4), agent: an, sentAt: minute(2), upToSeq: 2 },
        { type: 'WaitEnded', cause: 'answered', endedAt: minute(2) },
      ],
    ],
    [
      'that failed and is echoed after all is the answer',
      lost,
      echoes(9, 3),
      [
        { type: 'SendAccepted', messageId: text },
        { type: 'StaffAnswered', agent: an, sentAt: minute(2), upToSeq: 2 },
        { type: 'WaitEnded', endedAt: minute(2) },
      ],
    ],
    [
      'that was unconfirmed and is echoed after all is the answer',
      inDoubt,
      echoes(9, 3),
      [{ type: 'SendAccepted' }, { type: 'StaffAnswered' }, { type: 'WaitEnded' }],
    ],
    [
      'that was unconfirmed and is reported by its caller after all is the answer',
      inDoubt,
      reports({ is: 'sent' }, [9, 3]),
      [{ type: 'SendAccepted' }, { type: 'StaffAnswered' }, { type: 'WaitEnded' }],
    ],
    [
      'whose retry is echoed answers what came in before the retry',
      given(...asked, ...sending(2, 2), failed(3), wroteOn(4, 3), {
        type: 'ReplyQueued',
        at: minute(5),
        seq: 4,
        messageId: text,
        agent: binh,
        retry: true,
      }),
      echoes(6, 5),
      [
        { type: 'SendAccepted' },
        { type: 'StaffAnswered', agent: binh, sentAt: minute(5), upToSeq: 4 },
        { type: 'WaitEnded' },
      ],
    ],
    [
      'that is settled already is not settled again',
      given(...asked, ...answered(an, 2, 2)),
      echoes(4, 3),
      [],
    ],
  ])('%s', ([, session, when, then]) => {
    expect(turnOn(session, when).events).toMatchObject(then);
  });

  test('that was echoed while its retry waited is not sent again', () => {
    const ahead = sending(3.5, 3, message('ahead'));
    const retried: SessionEvent = {
      type: 'ReplyQueued',
      at: minute(3.6),
      seq: 4,
      messageId: text,
      agent: an,
      retry: true,
    };
    const session = given(...asked, ...sending(2, 2), unconfirmed(3), ...ahead, retried);
    expect(turnOn(session, echoes(3.7, 5)).session.sends).toMatchObject([{ messageId: 'ahead' }]);
  });

  test('that failed does not hold back the next', () => {
    const { events } = turnOn(lost, replies(an, 4, 3, message('next')));
    expect(events.at(-1)).toMatchObject({ type: 'AttemptRecorded', messageId: 'next' });
  });

  test('that failed is remembered with all that its late answer needs', () => {
    expect(lost.unsent).toEqual([
      { messageId: text, how: 'failed', attempt: 1, seq: 2, author: an, sentAt: minute(2) },
    ]);
  });

  test('is forgotten as failed once it is retried', () => {
    expect(turnOn(lost, asks(an, retry, [4, 3])).session.unsent).toEqual([]);
  });

  test('takes over an unassigned session with its retry', () => {
    const session = given(...asked, ...sending(2, 2), failed(3), unassigned(an, 3));
    const { ask } = turnOn(session, asks(binh, retry, [4, 3]));
    expect(ask).toMatchObject({ how: 'manual', to: [binh] });
  });

  test('is told to be queued, though its session is taken over with it', () => {
    const session = given(...asked, ...sending(2, 2), failed(3), unassigned(an, 3));
    expect(refusalOf(turnOn(session, asks(binh, retry, [4, 3])))).toBe(null);
  });
});

describe('there is nothing to retry', () => {
  test.for<[string, Session, Command]>([
    ['of a message that never was', given(...asked), retry],
    ['of a message that is on its way', given(...asked, ...sending(2, 2)), retry],
    [
      'of a doubtful message before it is unconfirmed',
      given(...asked, ...sending(2, 2), doubtful(2.1)),
      sendAgain,
    ],
    ['of a message that arrived', turnOn(inDoubt, echoes(3, 3)).session, retry],
    ['of a message that is being retried', turnOn(lost, asks(an, retry, [4, 3])).session, retry],
    ['when a failed message is said to have arrived', lost, itArrived],
    [
      'when a message on its way is said to have arrived',
      given(...asked, ...sending(2, 2)),
      itArrived,
    ],
  ])('%s', ([, session, command]) => {
    const turn = turnOn(session, asks(binh, command, [4, 9]));
    expect(refusalOf(turn)).toEqual({ code: 'NOTHING_TO_RETRY' });
  });

  test('twice at once: of two agents the second is refused', () => {
    const { outcomes } = turnOn(lost, [asks(an, retry, [4, 3]), asks(binh, retry, [4, 4])]);
    expect(outcomes.map(({ refused }) => refused?.code ?? 'done')).toEqual([
      'done',
      'NOTHING_TO_RETRY',
    ]);
  });
});

describe('a report about an earlier attempt', () => {
  const retried = turnOn(lost, asks(an, retry, [4, 3])).session;

  test.for(['failed', 'unknown', 'unclaimed', 'not_shown'] as const)(
    'is nothing to the retry: %s',
    (is) => {
      const result = is === 'failed' ? { is, reason: 'blocked' } : { is };
      const turn = turnOn(retried, reports(result, [4.1, 4], { attempt: 1 }));
      expect([turn.events, turn.session.sends]).toEqual([[], retried.sends]);
    },
  );

  test('settles the message if it says that it was sent', () => {
    const { session } = turnOn(retried, reports({ is: 'sent' }, [4.1, 4], { attempt: 1 }));
    expect(isOpen(session) && session.wait).toBe(null);
    expect(session.sends).toEqual([]);
  });
});

test('the newest fifty failed messages can be retried', () => {
  const many = Array.from({ length: 60 }, (_, index) => {
    const name = message(`message-${String(index)}`);
    return [...sending(2, 2 + index, name), failed(2, name)];
  });
  const { unsent } = given(...asked, ...many);
  expect(unsent).toHaveLength(50);
  expect(unsent.at(-1)).toMatchObject({ messageId: 'message-59' });
});
