import { describe, expect, test } from 'vitest';
import type { Command, Entry } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Session } from '#domain/session/session.ts';
import {
  an,
  answered,
  assigned,
  binh,
  chi,
  firstMessage,
  given,
  minute,
  text,
  unassigned,
} from '#test/support/session-builders.ts';
import { asks, refusalOf, replies, turnOn } from './entries.ts';

const unassignedOne = given(...firstMessage(1));
const withAn = given(...firstMessage(1), assigned(an, 1));

const inLine: SessionEvent = {
  type: 'NotAssigned',
  at: minute(1),
  no: 1,
  how: 'automatic',
  cause: 'nobody qualifies',
};

describe('a command asks', () => {
  test.for<[string, Session, [typeof an, Command], object]>([
    [
      'for who takes an unassigned session',
      unassignedOne,
      [an, { type: 'take', from: null }],
      { how: 'manual', to: [an], by: an, commandId: 'command-5' },
    ],
    [
      'for who takes it from the assignee they saw',
      withAn,
      [binh, { type: 'take', from: an }],
      { to: [binh], by: binh },
    ],
    [
      'for the agent who is given charge',
      withAn,
      [an, { type: 'assign', from: an, agent: chi }],
      { how: 'manual', to: [chi], by: an, exclude: [] },
    ],
  ])('%s', ([, session, [by, command], ask]) => {
    const turn = turnOn(session, asks(by, command, [2, 5]));
    expect(turn.ask).toMatchObject({ ask: 'assign', ...ask });
    // Its outcome comes with the answer.
    expect(turn.outcomes).toEqual([]);
  });
});

describe('a command is refused', () => {
  test.for<[string, Session, [typeof an, Command], object]>([
    [
      'if another took it meanwhile',
      withAn,
      [binh, { type: 'take', from: null }],
      { assignee: an },
    ],
    [
      'if another was given charge meanwhile',
      withAn,
      [chi, { type: 'assign', from: binh, agent: chi }],
      { assignee: an },
    ],
    [
      'if it was taken from who was seen',
      unassignedOne,
      [chi, { type: 'take', from: binh }],
      { assignee: null },
    ],
    [
      'if it would unassign another than was seen',
      withAn,
      [chi, { type: 'unassign', from: binh }],
      { assignee: an },
    ],
  ])('%s: TAKEN, naming who has it', ([, session, [by, command], more]) => {
    const turn = turnOn(session, asks(by, command, [2, 5]));
    expect(refusalOf(turn)).toEqual({ code: 'TAKEN', ...more });
    expect([turn.events, turn.ask]).toEqual([[], null]);
  });

  test('after its expiry', () => {
    const late = turnOn(unassignedOne, asks(an, { type: 'take', from: null }, [2, 5]), {
      now: minute(2) + 10_001,
    });
    expect(refusalOf(late)).toEqual({ code: 'EXPIRED' });
    expect([late.events, late.ask]).toEqual([[], null]);
  });

  test('not at its expiry', () => {
    const timely = turnOn(unassignedOne, asks(an, { type: 'take', from: null }, [2, 5]), {
      now: minute(2) + 10_000,
    });
    expect(timely.ask).not.toBe(null);
  });

  test.for<[string, Session, object]>([
    ['who is in charge', withAn, { code: 'TAKEN', assignee: an }],
    ['that one must be of the team', unassignedOne, { code: 'NOT_IN_TEAM' }],
  ])('if its agent may not act here, telling %s', ([, session, refusal]) => {
    const command = asks(binh, { type: 'unassign', from: an }, [2, 5]);
    const turn = turnOn(session, command, { denied: [5] });
    expect(refusalOf(turn)).toEqual(refusal);
    expect([turn.events, turn.actors]).toEqual([[], []]);
  });
});

describe('a command changes nothing', () => {
  test.for<[string, Session, Command]>([
    ['if its agent has the session already', withAn, { type: 'take', from: null }],
    [
      'if the agent has it whom it would put in charge',
      withAn,
      { type: 'assign', from: chi, agent: an },
    ],
    ['if nobody is there to unassign', unassignedOne, { type: 'unassign', from: an }],
    ['if the session is open that it would reopen', withAn, { type: 'reopen' }],
  ])('%s', ([, session, command]) => {
    const turn = turnOn(session, asks(an, command, [2, 5]));
    expect([turn.events, turn.ask, refusalOf(turn)]).toEqual([[], null, null]);
  });
});

describe('unassigning', () => {
  const { events, session } = turnOn(withAn, asks(binh, { type: 'unassign', from: an }, [2, 5]));

  test('leaves nobody in charge', () => {
    expect(events).toMatchObject([{ type: 'Unassigned', from: an, cause: 'by hand', by: binh }]);
    expect(session).toMatchObject({ assignee: null, assignedAt: null });
  });

  test('does not put the session into the waiting line', () => {
    const free = turnOn(session, { kind: 'agent_available', at: minute(3), seq: 6 });
    expect([free.events, free.ask]).toEqual([[], null]);
  });
});

describe('the waiting line', () => {
  const free: Entry = { kind: 'agent_available', at: minute(3), seq: 6 };

  test.for<[string, Session, number | null]>([
    ['is joined when nobody qualifies', given(...firstMessage(1), inLine), 1],
    [
      'keeps the old place when nobody qualifies again',
      given(...firstMessage(1), inLine, { ...inLine, at: minute(3), no: 2 }),
      1,
    ],
    [
      'R5: is joined while distribution is off too, and stands still',
      given(...firstMessage(1), { ...inLine, cause: 'distribution off' }),
      1,
    ],
    ['is left with the assignment', given(...firstMessage(1), inLine, assigned(an, 2)), null],
    [
      'is not joined again by unassigning',
      given(...firstMessage(1), inLine, assigned(an, 2), unassigned(an, 3)),
      null,
    ],
    [
      'is kept when somebody answers elsewhere',
      given(...firstMessage(1), inLine, ...answered(an, 2, 2)),
      1,
    ],
  ])('%s', ([, session, since]) => {
    expect(session).toMatchObject({ inLineSince: since === null ? null : minute(since) });
  });

  test('asks the rules when a place is free', () => {
    const { ask } = turnOn(given(...firstMessage(1), inLine), free);
    expect(ask).toMatchObject({ how: 'automatic', to: null });
  });

  test('is nothing to a session that has an assignee', () => {
    expect(turnOn(withAn, free).ask).toBe(null);
  });
});

describe('an agent who leaves', () => {
  const leaves: Entry = { kind: 'agent_left', agent: an, at: minute(2), seq: 5 };

  test('gives the session back, and the rules decide', () => {
    const turn = turnOn(withAn, leaves);
    expect(turn.events).toMatchObject([
      { type: 'Unassigned', from: an, cause: 'agent left', by: null },
    ]);
    expect(turn.ask).toMatchObject({ how: 'automatic', to: null, exclude: [], commandId: null });
  });

  test('needs no right to it', () => {
    const turn = turnOn(withAn, leaves, { denied: [5] });
    expect(turn.events).toMatchObject([{ type: 'Unassigned' }]);
    expect(turn.actors).toEqual([]);
  });

  test("leaves another agent's session alone", () => {
    const turn = turnOn(given(...firstMessage(1), assigned(binh, 1)), leaves);
    expect([turn.events, turn.ask]).toEqual([[], null]);
  });
});

describe('a reply', () => {
  test('takes an unassigned session', () => {
    const turn = turnOn(unassignedOne, replies(binh, 2, 5));
    expect(turn.events).toMatchObject([{ type: 'ReplyQueued', messageId: text, agent: binh }]);
    expect(turn.ask).toMatchObject({ how: 'manual', to: [binh], by: binh });
    expect(refusalOf(turn)).toBe(null);
  });

  test("leaves another's session with them", () => {
    const turn = turnOn(withAn, replies(binh, 2, 5));
    expect(turn.ask).toBe(null);
    expect(turn.session).toMatchObject({ assignee: an });
  });

  test('has no expiry', () => {
    const turn = turnOn(withAn, replies(an, 2, 5), { now: minute(600) });
    expect(turn.events).toContainEqual(expect.objectContaining({ type: 'ReplyQueued' }));
  });

  test('of somebody who may no longer act here is refused and not sent', () => {
    const turn = turnOn(withAn, replies(binh, 2, 5), { denied: [5] });
    expect(refusalOf(turn)).toEqual({ code: 'TAKEN', assignee: an });
    expect([turn.events, turn.session.sends]).toEqual([[], []]);
  });
});
