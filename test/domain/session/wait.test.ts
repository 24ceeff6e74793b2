import { describe, expect, test } from 'vitest';
import type { Entry } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import {
  an,
  answered,
  assigned,
  binh,
  closing,
  closingText,
  doubtful,
  failed,
  firstMessage,
  given,
  minute,
  sending,
  settings,
  unconfirmed,
  waiting,
  wroteOn,
} from '#test/support/session-builders.ts';
import {
  answersElsewhere,
  asks,
  botWrites,
  customerRemoves,
  customerWrites,
  echoes,
  reports,
  turnOn,
} from './entries.ts';

const waitOf = (session: Session) => (isOpen(session) ? session.wait : null);

/** An in charge, the customer wrote at minute 1 (place 1). */
const asked = [...firstMessage(1), assigned(an, 1)];
/** An's reply of minute 2 (place 2) is on its way. */
const replying = [...asked, ...sending(2, 2)];
const sent = (at: number, seq: number): Entry => reports({ is: 'sent' }, [at, seq]);

type Then = Partial<SessionEvent>[];

describe('a wait', () => {
  test.for<[string, Session, Entry, Then]>([
    [
      "begins with a new customer's message",
      given(),
      customerWrites(1, 1),
      [
        { type: 'Opened', round: 1, cause: 'customer' },
        { type: 'MessageReceived', seq: 1 },
        { type: 'WaitStarted', no: 1, unanswered: [[1, minute(1)]] },
      ],
    ],
    [
      'begins with the first message after an answer',
      given(...asked, ...answered(an, 2, 2)),
      customerWrites(3, 3),
      [{ type: 'MessageReceived' }, { type: 'WaitStarted', no: 2, unanswered: [[3, minute(3)]] }],
    ],
    [
      'goes on when the customer writes again',
      given(...asked),
      customerWrites(3, 2),
      [{ type: 'MessageReceived', seq: 2 }],
    ],
    [
      'ends with the answer, at the time when the agent sent it',
      given(...replying),
      sent(3, 3),
      [
        { type: 'SendAccepted' },
        { type: 'StaffAnswered', at: minute(3), agent: an, sentAt: minute(2), upToSeq: 2 },
        { type: 'WaitEnded', no: 1, cause: 'answered', endedAt: minute(2) },
      ],
    ],
    [
      'ends with the answer of somebody who is not in charge',
      given(...asked, ...sending(2, 2, undefined, binh)),
      sent(3, 3),
      [
        { type: 'SendAccepted' },
        { type: 'StaffAnswered', agent: binh },
        { type: 'WaitEnded', cause: 'answered' },
      ],
    ],
    [
      'ends with an answer that only the echo tells of',
      given(...replying, doubtful(3)),
      echoes(4, 3),
      [
        { type: 'SendAccepted' },
        { type: 'StaffAnswered', sentAt: minute(2) },
        { type: 'WaitEnded', endedAt: minute(2) },
      ],
    ],
    [
      'is followed by the next, of what came in after the answer was sent',
      given(...replying, wroteOn(3, 3), wroteOn(4, 4)),
      sent(5, 5),
      [
        { type: 'SendAccepted' },
        { type: 'StaffAnswered' },
        { type: 'WaitEnded', no: 1, endedAt: minute(2) },
        {
          type: 'WaitStarted',
          no: 2,
          unanswered: [
            [3, minute(3)],
            [4, minute(4)],
          ],
        },
      ],
    ],
    [
      "ends with an answer in the platform's own tools",
      given(...asked),
      answersElsewhere(2, 3, 2),
      [
        { type: 'StaffAnswered', at: minute(3), agent: null, sentAt: minute(2), upToSeq: null },
        { type: 'WaitEnded', cause: 'answered', endedAt: minute(2) },
      ],
    ],
    [
      'is followed by the next, of what arrived after an answer elsewhere was sent',
      given(...asked, wroteOn(3, 2)),
      answersElsewhere(2, 4, 3),
      [
        { type: 'StaffAnswered' },
        { type: 'WaitEnded', no: 1, endedAt: minute(2) },
        { type: 'WaitStarted', no: 2, unanswered: [[2, minute(3)]] },
      ],
    ],
    [
      'ends with an answer elsewhere that was sent in the millisecond of its last message',
      given(...asked, wroteOn(3, 2)),
      answersElsewhere(3, 4, 3),
      [{ type: 'StaffAnswered' }, { type: 'WaitEnded', endedAt: minute(3) }],
    ],
    [
      'goes on after an answer elsewhere that was sent before it began',
      given(...asked),
      answersElsewhere(0, 2, 2),
      [{ type: 'StaffAnswered' }],
    ],
    [
      "goes on after another app's message",
      given(...asked),
      botWrites(2, 2),
      [{ type: 'ForeignMessage' }],
    ],
    [
      'goes on after a reply that failed',
      given(...replying),
      reports({ is: 'failed', reason: 'blocked' }, [3, 3]),
      [{ type: 'SendFailed' }],
    ],
    [
      'goes on after a reply of which nobody knows',
      given(...replying, doubtful(3)),
      reports({ is: 'not_shown' }, [4, 3]),
      [{ type: 'SendUnconfirmed' }],
    ],
    [
      'goes on when an answer to an earlier one is heard of late',
      given(...asked, ...sending(2, 2), failed(3), ...answered(binh, 4, 3), ...waiting(5, 4, 2)),
      echoes(6, 5),
      [{ type: 'SendAccepted' }, { type: 'StaffAnswered', upToSeq: 2 }],
    ],
    [
      'goes on when the closing text arrives that a message came before',
      given(
        settings({ close: 5 }),
        ...asked,
        ...answered(an, 2, 2),
        ...closing(7),
        { type: 'CloseCancelled', at: minute(7), by: 'customer' },
        ...waiting(7, 4, 2),
      ),
      reports({ is: 'sent' }, [7, 5], { messageId: closingText }),
      [{ type: 'SendAccepted' }],
    ],
    [
      'ends with Done',
      given(...asked),
      asks(an, { type: 'done', seenSeq: 1 }, [2, 2]),
      [{ type: 'WaitEnded', cause: 'done', endedAt: minute(2) }, { type: 'MarkedDone' }],
    ],
    [
      'goes on when one of its messages is taken back',
      given(...asked, wroteOn(2, 2)),
      customerRemoves(1, 3, 3),
      [{ type: 'MessageRemoved', seq: 1 }],
    ],
    [
      'ends when the last of its messages is taken back',
      given(...asked),
      customerRemoves(1, 2, 2),
      [{ type: 'MessageRemoved' }, { type: 'WaitEnded', cause: 'removed', endedAt: minute(2) }],
    ],
    [
      'is not touched when an answered message is taken back',
      given(...asked, ...answered(an, 2, 2), ...waiting(3, 3, 2)),
      customerRemoves(1, 4, 4),
      [],
    ],
    [
      'does not begin when an unconfirmed reply is looked up and found',
      given(...asked, ...sending(2, 2), unconfirmed(3)),
      echoes(4, 3),
      [{ type: 'SendAccepted' }, { type: 'StaffAnswered' }, { type: 'WaitEnded' }],
    ],
  ])('%s', ([, session, when, then]) => {
    expect(turnOn(session, when).events).toMatchObject(then);
  });

  test('begins when the message arrived here, however late it is looked at', () => {
    const { session } = turnOn(given(), customerWrites(1, 1), { now: minute(9) });
    expect(waitOf(session)?.startedAt).toBe(minute(1));
  });

  test('keeps its beginning when the customer writes again', () => {
    const { session } = turnOn(given(...asked), customerWrites(3, 2));
    expect(waitOf(session)).toMatchObject({ no: 1, startedAt: minute(1) });
  });

  test('remembers its first message and the newest ones, however many there are', () => {
    const flood = Array.from({ length: 500 }, (_, index) => wroteOn(2, 2 + index));
    const unanswered = waitOf(given(...asked, ...flood))?.unanswered ?? [];
    expect(unanswered).toHaveLength(200);
    expect(unanswered.at(0)).toEqual([1, minute(1)]);
    expect(unanswered.at(-1)).toEqual([501, minute(2)]);
  });

  test('is over once it is answered', () => {
    expect(waitOf(turnOn(given(...replying), sent(3, 3)).session)).toBe(null);
  });

  test('is over once all is taken back', () => {
    expect(waitOf(turnOn(given(...asked), customerRemoves(1, 2, 2)).session)).toBe(null);
  });
});
