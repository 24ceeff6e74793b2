import { describe, expect, test } from 'vitest';
import { notificationsOf } from '#domain/notification.ts';
import { accessTo, mayAssign, type Viewer } from '#domain/permission.ts';
import type { AgentId } from '#domain/ids.ts';
import { runningClocks } from '#domain/session/clocks.ts';
import { evolve } from '#domain/session/evolve.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import { group } from '#test/support/assignment-builders.ts';
import {
  an,
  answered,
  assigned,
  binh,
  chi,
  done,
  firstMessage,
  given,
  minute,
  settings,
  unassigned,
} from '#test/support/session-builders.ts';
import { asks, customerRemoves, customerWrites, refusalOf, turnOn } from './entries.ts';

const ofAn = given(...firstMessage(1), assigned(an, 2));
const helps = (agents: AgentId[], session: Session = ofAn, by = an) =>
  turnOn(session, asks(by, { type: 'supporters', agents }, [5, session.lastSeq + 2]));
const supportersOf = (session: Session) => (isOpen(session) ? session.supporters : null);

describe('R35: supporters', () => {
  test('one or more, each invited with a popup', () => {
    const { events, session } = helps([binh, chi]);
    expect(supportersOf(session)).toEqual([binh, chi]);
    expect(events).toMatchObject([{ type: 'SupportersChanged', added: [binh, chi], removed: [] }]);
    const [changed] = events;
    expect(changed && notificationsOf(changed, ofAn)).toEqual([
      { to: binh, type: 'invited', popup: true },
      { to: chi, type: 'invited', popup: true },
    ]);
  });
  test('who invites themselves is not told', () => {
    const [changed] = helps([binh], ofAn, binh).events;
    expect(changed && notificationsOf(changed, ofAn)).toEqual([]);
  });
  test('X removes; the others stay, and are not told again', () => {
    const two = helps([binh, chi]).session;
    const { events } = helps([chi], two);
    expect(events).toMatchObject([{ added: [], removed: [binh], supporters: [chi] }]);
  });
  test('the assignee does not help besides', () => {
    expect(supportersOf(helps([an, binh]).session)).toEqual([binh]);
    const taken = turnOn(
      helps([binh]).session,
      asks(chi, { type: 'assign', from: an, agent: binh }, [6, 4]),
    );
    expect(taken.ask).toMatchObject({ to: [binh] });
    const after = evolve(taken.session, assigned(binh, 6, { no: 2, from: an }));
    expect(supportersOf(after)).toEqual([]);
  });
  test('nothing changed: nothing happens', () => {
    expect(helps([], ofAn).events).toEqual([]);
    expect(helps([binh], helps([binh]).session).events).toEqual([]);
  });
  test('leave on Done', () => {
    const over = evolve(helps([binh]).session, done(9));
    expect(supportersOf(over)).toBeNull();
    const again = [...firstMessage(10, 9)].reduce(evolve, over);
    expect(supportersOf(again)).toEqual([]);
  });
  test('none in a Done session', () => {
    const over = given(...firstMessage(1), assigned(an, 2), done(3));
    expect(refusalOf(helps([binh], over))).toEqual({ code: 'SESSION_DONE' });
  });
  test('R57: who leaves the team helps no more', () => {
    const two = helps([binh, chi]).session;
    const left = turnOn(two, {
      kind: 'agent_left',
      seq: two.lastSeq + 1,
      at: minute(9),
      agent: binh,
    });
    expect(left.events).toMatchObject([{ type: 'SupportersChanged', supporters: [chi] }]);
    expect(left.ask).toBeNull();
  });

  const viewer = (agent: AgentId, more: Partial<Viewer> = {}): Viewer => ({
    agent,
    role: 'staff',
    disabled: false,
    inTeam: true,
    ...more,
  });
  const closed = { view: false, interact: false };
  test('R35 × R12: may do everything but put somebody in charge', () => {
    const session = { assignee: an, supporters: [binh] };
    expect(accessTo(session, viewer(binh), closed)).toBe('act');
    expect(mayAssign(session, viewer(binh), closed)).toBe(false);
    expect(mayAssign(session, viewer(binh), { view: true, interact: true })).toBe(true);
    expect(mayAssign(session, viewer(binh, { role: 'admin' }), closed)).toBe(true);
    expect(mayAssign(session, viewer(an), closed)).toBe(true);
    expect(mayAssign({ assignee: null }, viewer(binh), closed)).toBe(true);
    expect(mayAssign(session, viewer(binh, { disabled: true, role: 'admin' }), closed)).toBe(false);
  });
});

describe('R34: a group is asked', () => {
  const toGroup = (from: AgentId | null) =>
    turnOn(ofAn, asks(binh, { type: 'assign', from, group: group('sales') }, [5, 2]));
  test('for another than who is in charge', () => {
    expect(toGroup(an).ask).toMatchObject({
      how: 'manual',
      by: binh,
      group: 'sales',
      exclude: [an],
      to: null,
    });
  });
  test('and somebody was faster', () => {
    expect(refusalOf(toGroup(null))).toEqual({ code: 'TAKEN', assignee: an });
  });
});

describe('R57, R58: who goes gives back', () => {
  const goes = (session: Session, cause?: 'offline' | 'shift ended' | 'left') =>
    turnOn(session, {
      kind: 'agent_left',
      seq: session.lastSeq + 1,
      at: minute(9),
      agent: an,
      ...(cause === undefined ? {} : { cause }),
    });
  const rests = given(...firstMessage(1), assigned(an, 2), ...answered(an, 3, 2));
  test.for<[string, Session, Parameters<typeof goes>[1], string | null, AgentId[]]>([
    ['R57: left the team: everything', rests, 'left', 'agent left', []],
    ['R57: as older entries say it', ofAn, undefined, 'agent left', []],
    ['R58: offline: what waits', ofAn, 'offline', 'offline', [an]],
    ['R58: offline: not what waits for nobody', rests, 'offline', null, []],
    ['R58: end of shift: everything', rests, 'shift ended', 'shift ended', [an]],
  ])('%s', ([, session, cause, why, exclude]) => {
    const turn = goes(session, cause);
    const [event] = turn.events;
    expect(event?.type === 'Unassigned' ? event.cause : null).toBe(why);
    expect(turn.ask).toEqual(
      why === null ? null : expect.objectContaining({ how: 'automatic', sticky: false, exclude }),
    );
  });
});

describe('R5: switched on', () => {
  const held = given(...firstMessage(1), {
    type: 'NotAssigned',
    at: minute(1),
    no: 1,
    how: 'automatic',
    cause: 'distribution off',
  });
  const woken = (session: Session) =>
    turnOn(session, { kind: 'agent_available', seq: session.lastSeq + 1, at: minute(9) });
  test('what came meanwhile stands in the line, at its place, and asks the rules when its turn comes', () => {
    expect(isOpen(held) && held.inLineSince).toBe(minute(1));
    expect(woken(held).ask).toMatchObject({ how: 'automatic', sticky: false, isWoken: true });
  });
  test('R5 × R59: snoozed, it is passed over and keeps its place', () => {
    const asleep = evolve(held, { type: 'Snoozed', at: minute(2), until: minute(60), by: an });
    expect(woken(asleep).ask).toBeNull();
    expect(isOpen(asleep) && asleep.inLineSince).toBe(minute(1));
  });
  test.for<[string, Session]>([
    ['somebody has it', ofAn],
    ['unassigned by hand', given(...firstMessage(1), assigned(an, 2), unassigned(an, 3))],
    [
      'R4: unassigned because who was responsible has left',
      given(...firstMessage(1), {
        type: 'NotAssigned',
        at: minute(1),
        no: 1,
        how: 'automatic',
        cause: 'responsible left',
      }),
    ],
  ])('nothing happens to others: %s', ([, session]) => {
    expect(woken(session).ask).toBeNull();
  });
});

describe('comments that are all removed', () => {
  const removed = (session: Session) =>
    turnOn(session, { kind: 'comments_removed', seq: session.lastSeq + 1, at: minute(9) });
  test('end the wait, and the session is Done', () => {
    expect(removed(ofAn).events).toEqual([
      { type: 'WaitEnded', at: minute(9), no: 1, cause: 'removed', endedAt: minute(9) },
      { type: 'MarkedDone', at: minute(9), cause: 'removed', by: null, closingText: 'none' },
    ]);
  });
  test('after the last of them was taken back', () => {
    const { session } = turnOn(ofAn, customerRemoves(1, 8, 2));
    expect(removed(session).events.map(({ type }) => type)).toEqual(['MarkedDone']);
  });
  test('leave a Done session alone', () => {
    expect(removed(given(...firstMessage(1), done(3))).events).toEqual([]);
  });
});

describe('R46: clocks that follow the business hours', () => {
  /** Open from 0 to 60 and from 120 to 180. */
  const hours = settings({
    close: 30,
    reassign: 20,
    deadline: 50,
    warn: 10,
    open: [
      [0, 60],
      [120, 180],
    ],
  });
  const dueOf = (session: Session) =>
    Object.fromEntries(runningClocks(session).map(({ clock, at }) => [clock, at]));
  test('stand still while it is closed, and go on', () => {
    const asked = given(hours, ...firstMessage(50), assigned(an, 50));
    expect(dueOf(asked)).toEqual({
      reassign: minute(130),
      warning: minute(150),
      overdue: minute(160),
    });
  });
  test('begin with the opening when the message came before it', () => {
    const asked = given(hours, ...firstMessage(90), assigned(an, 90));
    expect(dueOf(asked)).toEqual({
      reassign: minute(140),
      warning: minute(160),
      overdue: minute(170),
    });
  });
  test('may fall due in the last moment of the day', () => {
    const asked = given(hours, ...firstMessage(40), assigned(an, 40));
    expect(dueOf(asked).reassign).toBe(minute(60));
  });
  test('fall due later than the hours are known: not yet', () => {
    const asked = given(hours, ...firstMessage(150), assigned(an, 150));
    expect(dueOf(asked)).toEqual({ reassign: minute(170) });
  });
  test('R43: auto-close waits too', () => {
    const rests = given(hours, ...firstMessage(1), assigned(an, 2), ...answered(an, 50, 2));
    expect(dueOf(rests)).toEqual({ close: minute(140) });
  });
  test('are loaded anew a week before they end', () => {
    const until = minute(180) + 30 * 24 * 3_600_000;
    const event = settings({ deadline: 50, open: [[0, 60]] });
    if (event.type !== 'PolicyChanged' || event.policy.hours === null) throw new Error('no hours');
    const policy = { ...event.policy, hours: { ...event.policy.hours, until } };
    const session = given({ ...event, policy }, ...firstMessage(70), assigned(an, 70));
    const newer = { ...policy, hours: { open: policy.hours.open, until: until + 1 } };
    const { events } = turnOn(session, customerWrites(71, 3), { policy: newer });
    expect(events[0]).toMatchObject({ type: 'PolicyChanged', policy: newer });
    const same = turnOn(session, customerWrites(71, 3), { policy });
    expect(same.events.map(({ type }) => type)).toEqual(['MessageReceived']);
  });
});
