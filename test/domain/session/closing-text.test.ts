import { describe, expect, test } from 'vitest';
import { nextDueAt } from '#domain/session/clocks.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { type Session } from '#domain/session/session.ts';
import { conclude, needsTip } from '#domain/session/turn.ts';
import {
  an,
  answered,
  assigned,
  binh,
  closing,
  closingText,
  failed,
  firstMessage,
  given,
  message,
  minute,
  sending,
  settings,
  waiting,
} from '#test/support/session-builders.ts';
import {
  answersElsewhere,
  asks,
  botWrites,
  customerWrites,
  echoes,
  replies,
  reports,
  turnAt,
  turnOn,
} from './entries.ts';

const fiveMinutes = settings({ close: 5 });
const asked = [fiveMinutes, ...firstMessage(1), assigned(an, 1)];
/** An's answer was accepted at minute 2 and nothing has followed. */
const quiet = [...asked, ...answered(an, 2, 2)];

describe('R43: while the closing text is on its way', () => {
  const closes = given(...quiet, ...closing(7));
  const unsent = [...sending(3, 3, message('lost')), failed(4, message('lost'))];
  const withUnsent = given(...quiet, ...unsent, ...closing(7));
  const doubt: SessionEvent = {
    type: 'SendUnconfirmed',
    at: minute(4),
    messageId: message('lost'),
  };
  const withDoubt = given(...quiet, ...sending(3, 3, message('lost')), doubt, ...closing(7));

  test.for<[string, Session, Parameters<typeof turnOn>[1], Partial<SessionEvent>[]]>([
    [
      'a message keeps the session open',
      closes,
      customerWrites(7.1, 4),
      [
        { type: 'CloseCancelled', by: 'customer' },
        { type: 'MessageReceived' },
        { type: 'WaitStarted', no: 2 },
      ],
    ],
    [
      'a reply keeps it open',
      closes,
      replies(an, 7.1, 4),
      [
        { type: 'CloseCancelled', by: 'agent' },
        { type: 'ReplyQueued' },
        { type: 'AttemptRecorded' },
      ],
    ],
    [
      'a retry keeps it open',
      withUnsent,
      asks(an, { type: 'retry', messageId: message('lost') }, [7.1, 4]),
      [
        { type: 'CloseCancelled' },
        { type: 'ReplyQueued' },
        { type: 'AttemptRecorded', attempt: 2 },
      ],
    ],
    [
      'confirming a message keeps it open',
      withDoubt,
      asks(an, { type: 'confirm', messageId: message('lost'), arrived: true }, [7.1, 4]),
      [{ type: 'CloseCancelled' }, { type: 'SendAccepted' }, { type: 'StaffAnswered' }],
    ],
    [
      'taking it keeps it open',
      closes,
      asks(an, { type: 'take', from: an }, [7.1, 4]),
      [{ type: 'CloseCancelled' }],
    ],
    [
      'unassigning keeps it open',
      closes,
      asks(an, { type: 'unassign', from: an }, [7.1, 4]),
      [{ type: 'CloseCancelled' }, { type: 'Unassigned' }],
    ],
    [
      'moving it to the inbox keeps it open',
      closes,
      asks(an, { type: 'reopen' }, [7.1, 4]),
      [{ type: 'CloseCancelled' }],
    ],
    [
      'an answer elsewhere keeps it open',
      closes,
      answersElsewhere(7.05, 7.1, 4),
      [{ type: 'CloseCancelled' }, { type: 'StaffAnswered' }],
    ],
    [
      "another app's message keeps it open, for it is the last one now",
      closes,
      botWrites(7.1, 4),
      [{ type: 'CloseCancelled' }, { type: 'ForeignMessage' }],
    ],
    [
      'a refused command changes nothing',
      closes,
      asks(binh, { type: 'take', from: binh }, [7.1, 4]),
      [],
    ],
    [
      'Done by hand is by hand',
      closes,
      asks(an, { type: 'done', seenSeq: 1 }, [7.1, 4]),
      [
        { type: 'CloseCancelled' },
        { type: 'MarkedDone', cause: 'agent', by: an, closingText: 'none' },
      ],
    ],
  ])('%s', ([, session, when, then]) => {
    expect(turnOn(session, when).events).toMatchObject(then);
  });

  test('an expired command changes nothing', () => {
    const { events } = turnOn(closes, asks(an, { type: 'reopen' }, [7.1, 4]), { now: minute(8) });
    expect(events).not.toContainEqual(expect.objectContaining({ type: 'CloseCancelled' }));
  });

  test('a message leaves the assignee in charge and asks no rules', () => {
    const turn = turnOn(closes, customerWrites(7.1, 4));
    expect(turn.ask).toBe(null);
    expect(turn.session).toMatchObject({ status: 'open', round: 1, assignee: an });
  });
});

describe('R43: whatever becomes of the closing text', () => {
  const closes = given(...quiet, ...closing(7));
  const about = { messageId: closingText };

  test.for([
    ['it was sent', { is: 'sent' }, 'sent'],
    ['it failed', { is: 'failed', reason: 'blocked' }, 'failed'],
    ['the platform wants it later', { is: 'later', notBefore: minute(9) }, 'failed'],
    ['nobody knows', { is: 'not_shown' }, 'unconfirmed'],
  ] as const)('Done follows and tells: %s', ([, result, fate]) => {
    const { events, session } = turnOn(closes, reports(result, [7.1, 4], about));
    expect(events.at(-1)).toMatchObject({
      type: 'MarkedDone',
      at: minute(7.1),
      cause: 'clock',
      by: null,
      closingText: fate,
    });
    expect(needsTip(events, session)).toBe(true);
    expect(nextDueAt(session)).toBe(null);
  });

  test('Done follows when it can be found by nobody', () => {
    const looks = [1, 2, 3].map((n): SessionEvent => ({
      type: 'LookedAt',
      at: minute(8),
      messageId: closingText,
      looks: n,
      lookAt: minute(9),
    }));
    const { events } = turnAt(given(...quiet, ...closing(7), ...looks), minute(9));
    expect(events).toMatchObject([
      { type: 'SendUnconfirmed' },
      { type: 'MarkedDone', closingText: 'unconfirmed' },
    ]);
  });

  test('a message that comes in before Done is committed keeps the session open', () => {
    const sent = reports({ is: 'sent' }, [7.1, 4], about);
    const turn = turnOn(closes, [sent, customerWrites(7.2, 5)]);
    expect(turn.events).toMatchObject([
      { type: 'SendAccepted' },
      { type: 'CloseCancelled' },
      { type: 'MessageReceived' },
      { type: 'WaitStarted' },
    ]);
    expect(turn.session).toMatchObject({ status: 'open', round: 1, assignee: an });
  });

  test('Done does not follow from what becomes of another message', () => {
    const unsent = [...sending(3, 3, message('lost')), failed(4, message('lost'))];
    const turn = turnOn(given(...quiet, ...unsent, ...closing(7)), echoes(7.1, 4, message('lost')));
    expect(turn.events).toMatchObject([{ type: 'SendAccepted' }, { type: 'StaffAnswered' }]);
    expect(turn.session.status).toBe('closing');
  });

  test('Done is not forgotten when a question comes in between', () => {
    const sent = reports({ is: 'sent' }, [7.1, 4], about);
    const leaves = { kind: 'agent_left' as const, agent: an, at: minute(7.1), seq: 5 };
    const turn = turnOn(closes, [sent, leaves]);
    expect(turn.ask).toMatchObject({ ask: 'assign' });
    const { session } = conclude(turn.session, [], minute(7.1));
    expect(nextDueAt(session)).toBe(minute(7.1));
    expect(turnAt(session, minute(7.1)).events).toMatchObject([
      { type: 'MarkedDone', closingText: 'sent' },
    ]);
  });
});

describe('R43: a closing text that is cancelled', () => {
  const cancelled: SessionEvent = { type: 'CloseCancelled', at: minute(7.1), by: 'customer' };
  const left = given(...quiet, ...closing(7), cancelled, ...waiting(7.1, 4, 2));
  const about = { messageId: closingText };

  test('is withdrawn if nobody had begun with it', () => {
    const { events, session } = turnOn(left, reports({ is: 'unclaimed' }, [7.2, 5], about));
    expect(events).toMatchObject([{ type: 'SendWithdrawn', messageId: closingText }]);
    expect(session.sends).toEqual([]);
  });

  test('is withdrawn if it waits to be handed out anew', () => {
    const unclaimed = reports({ is: 'unclaimed' }, [7.1, 4], about);
    const { events } = turnOn(given(...quiet, ...closing(7)), [unclaimed, customerWrites(7.1, 5)]);
    expect(events.at(-1)).toMatchObject({ type: 'SendWithdrawn', messageId: closingText });
  });

  test('is shown if it had been handed over, and closes nothing', () => {
    const { events } = turnOn(left, reports({ is: 'sent' }, [7.2, 5], about));
    expect(events).toMatchObject([{ type: 'SendAccepted', messageId: closingText }]);
  });

  test('holds back no reply', () => {
    const { events } = turnOn(left, replies(an, 7.2, 5));
    expect(events).toContainEqual(expect.objectContaining({ type: 'AttemptRecorded', attempt: 1 }));
  });

  test('is nothing that an agent could retry', () => {
    const failure = reports({ is: 'failed', reason: 'blocked' }, [7.2, 5], about);
    expect(turnOn(left, failure).session.unsent).toEqual([]);
  });
});
