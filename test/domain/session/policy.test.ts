import { describe, expect, test } from 'vitest';
import type { Policy } from '#domain/policy.ts';
import { nextDueAt } from '#domain/session/clocks.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import { isIdle, takeTurn } from '#domain/session/turn.ts';
import {
  an,
  answered,
  assigned,
  clocks,
  done,
  firstMessage,
  given,
  minute,
  overdue,
  settings,
  warned,
} from '#test/support/session-builders.ts';
import { turnOn } from './entries.ts';

/** The customer wrote and An got it at minute 1. */
const asked = [...firstMessage(1), assigned(an, 1)];
const promised = [settings({ deadline: 30, warn: 5 }), ...asked];

const change = (session: Session, policy: Policy, at: number) =>
  takeTurn(session, { entries: [], policy, denied: [], now: minute(at) });

describe('new settings', () => {
  test.for<[string, Session, Policy, number | null]>([
    ['start a clock', given(...asked), clocks({ reassign: 10 }), 11],
    ['stop a clock', given(settings({ reassign: 10 }), ...asked), clocks({}, 2), null],
    [
      'put a time-out off',
      given(settings({ reassign: 10 }), ...asked),
      clocks({ reassign: 20 }, 2),
      21,
    ],
    ['bring a deadline closer', given(...promised), clocks({ deadline: 20, warn: 5 }, 2), 16],
    ['move the warning', given(...promised), clocks({ deadline: 30, warn: 2 }, 2), 29],
    [
      'put a close off',
      given(settings({ close: 5 }), ...asked, ...answered(an, 2, 2)),
      clocks({ close: 9 }, 2),
      11,
    ],
    ['say nothing if they are not newer', given(...promised), clocks({ reassign: 2 }, 1), 26],
  ])('%s', ([, session, policy, dueAt]) => {
    const turn = change(session, policy, 2);
    expect(nextDueAt(turn.session)).toBe(dueAt === null ? null : minute(dueAt));
  });

  test.for<[string, Session, Policy, Partial<SessionEvent>[]]>([
    [
      'let a deadline that they put in the past be missed at once',
      given(...promised),
      clocks({ deadline: 10, warn: 2 }, 2),
      [{ type: 'PolicyChanged' }, { type: 'Warned' }, { type: 'Overdue', dueAt: minute(11) }],
    ],
    [
      'let a warning that they put in the past be told at once',
      given(...promised),
      clocks({ deadline: 30, warn: 15 }, 2),
      [{ type: 'PolicyChanged' }, { type: 'Warned' }],
    ],
    [
      'take a warning back whose time they put off',
      given(...promised, warned(19, 31)),
      clocks({ deadline: 60, warn: 5 }, 2),
      [{ type: 'PolicyChanged' }, { type: 'WarningLifted' }],
    ],
    [
      'take a warning back when they switch the deadline off',
      given(...promised, warned(19, 31)),
      clocks({}, 2),
      [{ type: 'PolicyChanged' }, { type: 'WarningLifted' }],
    ],
    [
      'keep a warning whose time stays past',
      given(...promised, warned(19, 31)),
      clocks({ deadline: 25, warn: 8 }, 2),
      [{ type: 'PolicyChanged' }],
    ],
    [
      'leave a missed deadline missed when they put it off',
      given(...promised, warned(15, 19), overdue(19)),
      clocks({ deadline: 60, warn: 5 }, 2),
      [{ type: 'PolicyChanged' }],
    ],
    [
      'leave a missed deadline missed when they switch it off',
      given(...promised, warned(15, 19), overdue(19)),
      clocks({}, 2),
      [{ type: 'PolicyChanged' }],
    ],
    ['reach a Done session too', given(...asked, done(2)), clocks({}), [{ type: 'PolicyChanged' }]],
  ])('%s', ([, session, policy, then]) => {
    expect(change(session, policy, 20).events).toMatchObject(then);
  });

  test('let a time-out that they put in the past fall due at once', () => {
    const turn = change(given(...asked), clocks({ reassign: 10 }), 20);
    expect(turn.ask).toMatchObject({ ask: 'assign', how: 'timeout' });
  });

  test('let a close that they put in the past fall due at once', () => {
    const turn = change(given(...asked, ...answered(an, 2, 2)), clocks({ close: 5 }), 20);
    expect(turn.ask).toEqual({ ask: 'close', dueAt: minute(7) });
  });

  test('move no assigned session', () => {
    const turn = change(given(...promised), clocks({ deadline: 10, warn: 2 }, 2), 20);
    expect(turn.ask).toBe(null);
    expect(isOpen(turn.session) && turn.session.assignee).toBe(an);
  });

  test('are committed once', () => {
    const turn = change(given(...promised), clocks({ deadline: 20 }, 2), 2);
    expect(isIdle(change(turn.session, clocks({ deadline: 20 }, 2), 3))).toBe(true);
  });

  test('count for what comes in with them', () => {
    const entry = { kind: 'settings_changed' as const, version: 2, at: minute(3), seq: 2 };
    const turn = turnOn(given(...promised), entry, { policy: clocks({ deadline: 20 }, 2) });
    expect(turn.session.policy.version).toBe(2);
    expect(turn.session.lastSeq).toBe(2);
  });

  test('are kept over Done', () => {
    expect(given(...promised, done(3)).policy).toEqual(clocks({ deadline: 30, warn: 5 }));
  });
});
