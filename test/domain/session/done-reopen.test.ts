import { describe, expect, test } from 'vitest';
import { nextDueAt } from '#domain/session/clocks.ts';
import type { Command, Entry } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Session } from '#domain/session/session.ts';
import {
  an,
  answered,
  assigned,
  binh,
  done,
  failed,
  firstMessage,
  given,
  minute,
  sending,
  settings,
  text,
  unassigned,
  unconfirmed,
} from '#test/support/session-builders.ts';
import {
  answersElsewhere,
  asks,
  botWrites,
  customerRemoves,
  customerWrites,
  echoes,
  refusalOf,
  replies,
  reports,
  turnOn,
} from './entries.ts';

const allClocks = settings({ close: 5, reassign: 10, deadline: 30, warn: 5 });
const asked = [allClocks, ...firstMessage(1), assigned(an, 1)];
const closed = [...asked, ...answered(an, 2, 2), done(3)];

type Then = Partial<SessionEvent>[];

describe('a Done session', () => {
  const onItsWay = given(...asked, ...sending(2.9, 2), done(3));

  test.for<[string, Session, Entry, Then]>([
    [
      'is reopened by a message, with nobody in charge',
      given(...closed),
      customerWrites(4, 3),
      [
        { type: 'Opened', round: 2, cause: 'customer', by: null },
        { type: 'MessageReceived' },
        { type: 'WaitStarted', no: 2 },
      ],
    ],
    [
      'is reopened by a reply',
      given(...closed),
      replies(binh, 4, 3),
      [
        { type: 'Opened', round: 2, cause: 'reply', by: binh },
        { type: 'ReplyQueued', agent: binh, retry: false },
      ],
    ],
    [
      'is reopened by hand',
      given(...closed),
      asks(binh, { type: 'reopen' }, [4, 3]),
      [{ type: 'Opened', round: 2, cause: 'by hand', by: binh }],
    ],
    [
      'is reopened by a retry',
      given(...asked, ...sending(2, 2), failed(2), done(3)),
      asks(binh, { type: 'retry', messageId: text }, [4, 3]),
      [
        { type: 'Opened', cause: 'reply', by: binh },
        { type: 'ReplyQueued', retry: true },
      ],
    ],
    ['stays Done when somebody answers elsewhere', given(...closed), answersElsewhere(4, 4, 3), []],
    ["stays Done at another app's message", given(...closed), botWrites(4, 3), []],
    ['stays Done when a message is taken back', given(...closed), customerRemoves(1, 4, 3), []],
    [
      'stays Done when an agent leaves',
      given(...closed),
      { kind: 'agent_left', agent: an, at: minute(4), seq: 3 },
      [],
    ],
    [
      'stays Done when a place is free',
      given(...closed),
      { kind: 'agent_available', at: minute(4), seq: 3 },
      [],
    ],
    [
      'stays Done when a reply is accepted that was on its way',
      onItsWay,
      reports({ is: 'sent' }, [3.1, 4]),
      [{ type: 'SendAccepted' }, { type: 'StaffAnswered', agent: an, sentAt: minute(2.9) }],
    ],
    [
      'stays Done when that reply fails',
      onItsWay,
      reports({ is: 'failed', reason: 'blocked' }, [3.1, 4]),
      [{ type: 'SendFailed', reason: 'blocked' }],
    ],
    [
      'stays Done when that reply stays unconfirmed',
      onItsWay,
      reports({ is: 'not_shown' }, [3.1, 4]),
      [{ type: 'SendUnconfirmed' }],
    ],
    [
      'stays Done when a failed reply turns out to have arrived',
      given(...asked, ...sending(2, 2), failed(2), done(3)),
      echoes(9, 4),
      [{ type: 'SendAccepted' }, { type: 'StaffAnswered' }],
    ],
    [
      'stays Done when an agent says that a reply arrived',
      given(...asked, ...sending(2, 2), unconfirmed(2), done(3)),
      asks(an, { type: 'confirm', messageId: text, arrived: true }, [4, 4]),
      [{ type: 'SendAccepted' }, { type: 'StaffAnswered' }],
    ],
  ])('%s', ([, session, when, then]) => {
    expect(turnOn(session, when).events).toMatchObject(then);
  });

  test.for<[string, Command]>([
    ['take', { type: 'take', from: null }],
    ['assign', { type: 'assign', from: null, agent: an }],
    ['unassign', { type: 'unassign', from: an }],
  ])('refuses %s', ([, command]) => {
    const turn = turnOn(given(...closed), asks(an, command, [4, 3]));
    expect(refusalOf(turn)).toEqual({ code: 'SESSION_DONE' });
    expect(turn.events).toEqual([]);
  });

  test('starts no clock, whatever becomes of its last reply', () => {
    const { session } = turnOn(onItsWay, reports({ is: 'failed', reason: 'blocked' }, [3.1, 4]));
    expect(nextDueAt(session)).toBe(null);
  });

  test('keeps a failed reply for its retry', () => {
    const { session } = turnOn(onItsWay, reports({ is: 'failed', reason: 'blocked' }, [3.1, 4]));
    expect(session.unsent).toMatchObject([{ messageId: text, how: 'failed', author: an }]);
  });
});

describe('who is asked for when a session is reopened', () => {
  test.for<[string, Session, Entry, object]>([
    [
      'by a message: the rules',
      given(...closed),
      customerWrites(4, 3),
      { how: 'automatic', to: null, by: null, exclude: [] },
    ],
    [
      'by hand: who was in charge last, else who reopens it',
      given(...closed),
      asks(binh, { type: 'reopen' }, [4, 3]),
      { how: 'manual', to: [an, binh], by: binh, commandId: 'command-3' },
    ],
    [
      'by hand: who was in charge last, though unassigned since',
      given(...asked, unassigned(an, 2), done(3)),
      asks(binh, { type: 'reopen' }, [4, 3]),
      { to: [an, binh] },
    ],
    [
      'by hand: who reopens it, if nobody was ever in charge',
      given(...firstMessage(1), done(3)),
      asks(binh, { type: 'reopen' }, [4, 3]),
      { to: [binh] },
    ],
    [
      'by a reply: its writer',
      given(...closed),
      replies(binh, 4, 3),
      { how: 'manual', to: [binh], by: binh, commandId: null },
    ],
  ])('%s', ([, session, when, ask]) => {
    expect(turnOn(session, when).ask).toMatchObject({ ask: 'assign', ...ask });
  });

  test('nobody, if it is open already', () => {
    const turn = turnOn(given(...asked), asks(binh, { type: 'reopen' }, [4, 2]));
    expect([turn.events, turn.ask, refusalOf(turn)]).toEqual([[], null, null]);
  });
});

test('a new round begins without the wait, the line and the assignee of the one before', () => {
  const { session } = turnOn(given(...asked, done(3)), asks(binh, { type: 'reopen' }, [4, 2]));
  expect(session).toMatchObject({
    status: 'open',
    assignee: null,
    inLineSince: null,
    wait: null,
    lastAssignee: an,
    waits: 1,
  });
});
