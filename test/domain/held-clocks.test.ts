import { describe, expect, test } from 'vitest';
import { heldClocks, type HeldClock } from '#domain/held-clocks.ts';
import type { Policy } from '#domain/policy.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import {
  an,
  answered,
  assigned,
  clocks,
  closing,
  done,
  firstMessage,
  given,
  minute,
  queued,
} from '#test/support/session-builders.ts';

const all = clocks({ close: 30, reassign: 10, deadline: 30, warn: 5 });
/** Of the clocks only the deadline keeps to the hours, from minute 20 to minute 40. */
const withHours: Policy = {
  ...all,
  deadline: { ...all.deadline, businessHours: true },
  hours: { open: [[minute(20), minute(40)]], until: minute(100_000) },
};
const set = (policy: Policy): SessionEvent => ({ type: 'PolicyChanged', at: minute(0), policy });
const begun = [set(all), ...firstMessage(0), assigned(an, 0)];
const inHours = [set(withHours), ...firstMessage(0), assigned(an, 0)];
const snoozed: SessionEvent = { type: 'Snoozed', at: minute(1), until: minute(90), by: an };

const each = (why: HeldClock['why'], ...names: HeldClock['clock'][]) =>
  names.map((clock) => ({ clock, why }));

describe('clocks that stand still', () => {
  test.for<[string, SessionEvent[], number, HeldClock[]]>([
    ['are none while they run', begun, 5, []],
    [
      'are held by a reply on its way',
      [...begun, queued(1, 2)],
      5,
      each('sending', 'reassign', 'warning', 'overdue'),
    ],
    [
      'stand still while it is snoozed, whatever is on its way',
      [...begun, queued(1, 2), snoozed],
      5,
      each('snoozed', 'reassign', 'warning', 'overdue'),
    ],
    [
      'of a snoozed session that is answered: the close',
      [...begun, ...answered(an, 1, 2), snoozed],
      5,
      each('snoozed', 'close'),
    ],
    [
      'wait for the hours to begin',
      inHours,
      19,
      each('outside business hours', 'warning', 'overdue'),
    ],
    ['run from the minute in which they begin', inHours, 20, []],
    [
      'stand still from the minute in which they end, though nobody knows until when',
      [set(withHours), ...firstMessage(35), assigned(an, 35)],
      40,
      each('outside business hours', 'warning', 'overdue'),
    ],
    [
      'are none of a session that is being closed',
      [...begun, ...answered(an, 1, 2), ...closing(31)],
      31,
      [],
    ],
    ['are none of one that is done', [...begun, done(2)], 5, []],
  ])('%s', ([, events, now, expected]) => {
    expect(heldClocks(given(events), minute(now))).toEqual(expected);
  });
});
