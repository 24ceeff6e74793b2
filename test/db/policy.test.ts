import { describe, expect, test } from 'vitest';
import { toPolicy, type StoredPolicy } from '#db/policy.ts';
import { DAY, HOUR } from '#domain/instant.ts';
import { dueAfter, isNewer, refreshAt } from '#domain/policy.ts';

const now = Date.parse('2026-11-23T03:00:00Z');
const weekdays = Array.from({ length: 7 }, (_, day): [number, number][] =>
  day < 5
    ? [
        [8 * 60, 12 * 60],
        [13 * 60, 17 * 60],
      ]
    : [],
);
const stored = (businessHours: boolean): StoredPolicy => ({
  clocks: {
    autoClose: { on: true, afterSeconds: 1_800, text: '' },
    reassign: { on: false, afterSeconds: 600 },
    deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300, businessHours },
  },
  settings_version: 7,
  business_hours: { days: weekdays, holidays: ['2026-11-24'] },
  time_zone: 'Asia/Ho_Chi_Minh',
});

describe('R46: the business hours that a session carries', () => {
  test('none, when no clock follows them', () => {
    expect(toPolicy(stored(false), now, now).hours).toBeNull();
    const unset = { ...stored(true), business_hours: null };
    expect(toPolicy(unset, now, now).hours).toBeNull();
  });

  test('as instants: from before its first clock to five weeks ahead', () => {
    const { hours } = toPolicy(stored(true), now - 3 * DAY, now);
    if (hours === null) throw new Error('no hours');
    expect(hours.open[0]?.[0]).toBeLessThan(now - 2 * DAY);
    expect(hours.until).toBeGreaterThanOrEqual(now + 34 * DAY);
    const today = hours.open.filter(([from]) => from >= now - 3 * HOUR && from < now + DAY);
    // Monday in Saigon, seven hours before UTC; on Tuesday nobody is there.
    expect(today.map(([from, to]) => [new Date(from).toISOString(), (to - from) / HOUR])).toEqual([
      ['2026-11-23T01:00:00.000Z', 4],
      ['2026-11-23T06:00:00.000Z', 4],
    ]);
  });

  test('are loaded anew when a week of them is left, and then reach further', () => {
    const first = toPolicy(stored(true), now, now);
    const at = refreshAt(first);
    expect(at).toBeGreaterThan(now + 27 * DAY);
    const next = toPolicy(stored(true), now, at ?? 0);
    expect([isNewer(next, first), isNewer(first, next), isNewer(first, first)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(refreshAt(next)).toBeGreaterThan((at ?? 0) + 20 * DAY);
  });

  test('R45: of a clock of 500 open hours it is known from its beginning, whenever they are loaded', () => {
    const due = (at: number) => {
      const { hours } = toPolicy(stored(true), now, at);
      return dueAfter(now, 500 * HOUR, hours);
    };
    const known = Array.from({ length: 24 }, (_, week) => due(now + week * 7 * DAY));
    const [first] = known.filter((at) => at !== null);
    expect(first).toBeDefined();
    expect(known.filter((at) => at !== null && at !== first)).toEqual([]);
    expect(known.at(-1)).toBe(first);
  });

  test('are made once for the sessions of a day', () => {
    const [a, b] = [toPolicy(stored(true), now, now), toPolicy(stored(true), now + HOUR, now)];
    expect(a.hours).toBe(b.hours);
  });
});
