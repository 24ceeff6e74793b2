import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpenAt, openIntervals, type Interval } from '#db/business-hours.ts';
import type { StoredBusinessHours } from '#db/stored.ts';
import { DAY, HOUR, MINUTE } from '#domain/instant.ts';

type Shift = [from: number, to: number];

const SAIGON = 'Asia/Ho_Chi_Minh';
const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';

const daily = (...shifts: Shift[]): StoredBusinessHours => ({
  days: Array.from({ length: 7 }, () => shifts),
  holidays: [],
});
/** 8:30 → 510. */
const at = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
};
const shift = (from: string, to: string): Shift => [at(from), at(to)];
const shown = (intervals: Interval[]) =>
  intervals.map((ends) => ends.map((end) => new Date(end).toISOString().slice(0, 16)).join(' – '));
const open = (hours: StoredBusinessHours, timeZone: string, from: string, days = 1) =>
  shown(openIntervals(hours, timeZone, Date.parse(from), days));

describe('business hours (R46)', () => {
  it('are of the workspace’s time zone', () => {
    const hours = daily(shift('8:00', '12:00'), shift('13:30', '17:30'));
    // Midnight in Saigon.
    expect(open(hours, SAIGON, '2026-11-22T17:00Z')).toEqual([
      '2026-11-23T01:00 – 2026-11-23T05:00',
      '2026-11-23T06:30 – 2026-11-23T10:30',
    ]);
  });

  it('begin with Monday', () => {
    const hours = { ...daily(), holidays: [] };
    hours.days = [[shift('8:00', '9:00')], [], [], [], [], [shift('10:00', '11:00')], []];
    expect(open(hours, SAIGON, '2026-11-21T17:00Z', 8)).toEqual([
      '2026-11-23T01:00 – 2026-11-23T02:00',
      '2026-11-28T03:00 – 2026-11-28T04:00',
    ]);
  });

  it('are closed on holidays, by the local day', () => {
    const hours = { ...daily(shift('0:00', '6:00')), holidays: ['2026-11-24'] };
    expect(open(hours, SAIGON, '2026-11-22T17:00Z', 3)).toEqual([
      '2026-11-22T17:00 – 2026-11-22T23:00',
      '2026-11-24T17:00 – 2026-11-24T23:00',
    ]);
  });

  it('go on over midnight without a gap', () => {
    const hours = daily(shift('0:00', '2:00'), shift('22:00', '24:00'));
    expect(open(hours, SAIGON, '2026-11-22T12:00Z', 2)).toEqual([
      '2026-11-22T15:00 – 2026-11-22T19:00',
      '2026-11-23T15:00 – 2026-11-23T19:00',
    ]);
  });

  it('around the clock are one interval', () => {
    expect(open(daily(shift('0:00', '24:00')), BERLIN, '2026-03-20T00:00Z', 35)).toEqual([
      '2026-03-20T00:00 – 2026-04-24T00:00',
    ]);
  });

  it('are cut at both ends of what is asked for', () => {
    expect(open(daily(shift('8:00', '17:00')), SAIGON, '2026-11-23T02:00Z')).toEqual([
      '2026-11-23T02:00 – 2026-11-23T10:00',
      '2026-11-24T01:00 – 2026-11-24T02:00',
    ]);
  });

  it('without any are never', () => {
    expect(open(daily(), SAIGON, '2026-11-23T00:00Z', 35)).toEqual([]);
  });
});

describe('when the clock is put forward', () => {
  it.each([
    ['Berlin', BERLIN, '2027-03-28T00:00Z', shift('8:00', '17:00'), '06:00 – 15:00'],
    [
      'Berlin, the day before',
      BERLIN,
      '2027-03-27T00:00Z',
      shift('8:00', '17:00'),
      '07:00 – 16:00',
    ],
    ['New York', NEW_YORK, '2027-03-14T05:00Z', shift('9:00', '17:00'), '13:00 – 21:00'],
    [
      'New York, the day before',
      NEW_YORK,
      '2027-03-13T05:00Z',
      shift('9:00', '17:00'),
      '14:00 – 22:00',
    ],
    // 2:00 is 3:00 at once, that is at 1:00 UTC.
    [
      'an opening that is left out',
      BERLIN,
      '2027-03-28T00:00Z',
      shift('2:30', '5:00'),
      '01:00 – 03:00',
    ],
    [
      'a closing that is left out',
      BERLIN,
      '2027-03-27T23:00Z',
      shift('1:00', '2:30'),
      '00:00 – 01:00',
    ],
    ['over it', BERLIN, '2027-03-27T23:00Z', shift('1:00', '4:00'), '00:00 – 02:00'],
  ])('%s', (_where, timeZone, from, hours, expected) => {
    const [interval = ''] = open(daily(hours), timeZone, from);
    expect(interval.replaceAll(/\d{4}-\d\d-\d\dT/g, '')).toBe(expected);
  });

  it('what is left out altogether is no interval', () => {
    expect(open(daily(shift('2:15', '2:45')), BERLIN, '2027-03-27T23:00Z')).toEqual([]);
  });

  it('shifts stay in order around it', () => {
    const hours = daily(shift('2:15', '2:45'), shift('2:50', '3:15'));
    expect(open(hours, BERLIN, '2027-03-27T23:00Z')).toEqual([
      '2027-03-28T01:00 – 2027-03-28T01:15',
    ]);
  });

  it('at midnight, the day begins later', () => {
    // Santiago goes from 0:00 to 1:00 on 5 September 2027.
    expect(open(daily(shift('0:00', '2:00')), 'America/Santiago', '2027-09-05T04:00Z')).toEqual([
      '2027-09-05T04:00 – 2027-09-05T05:00',
      '2027-09-06T03:00 – 2027-09-06T04:00',
    ]);
  });
});

describe('when the clock is put back', () => {
  it.each([
    ['Berlin', BERLIN, '2027-10-31T00:00Z', shift('8:00', '17:00'), '07:00 – 16:00'],
    [
      'Berlin, the day before',
      BERLIN,
      '2027-10-30T00:00Z',
      shift('8:00', '17:00'),
      '06:00 – 15:00',
    ],
    ['New York', NEW_YORK, '2027-11-07T05:00Z', shift('9:00', '17:00'), '14:00 – 22:00'],
    // 2:30 comes at 0:30 and at 1:30 UTC.
    [
      'an opening that comes twice',
      BERLIN,
      '2027-10-31T00:00Z',
      shift('2:30', '5:00'),
      '00:30 – 04:00',
    ],
    [
      'a closing that comes twice',
      BERLIN,
      '2027-10-30T22:00Z',
      shift('1:00', '2:30'),
      '23:00 – 01:30',
    ],
    [
      'an hour that comes twice',
      BERLIN,
      '2027-10-30T22:00Z',
      shift('2:00', '3:00'),
      '00:00 – 02:00',
    ],
  ])('%s', (_where, timeZone, from, hours, expected) => {
    const [interval = ''] = open(daily(hours), timeZone, from);
    expect(interval.replaceAll(/\d{4}-\d\d-\d\dT/g, '')).toBe(expected);
  });

  it('shifts that then overlap are one', () => {
    const hours = daily(shift('2:00', '2:15'), shift('2:30', '2:45'));
    expect(open(hours, BERLIN, '2027-10-30T22:00Z')).toEqual([
      '2027-10-31T00:00 – 2027-10-31T01:45',
    ]);
  });
});

describe('whatever the hours', () => {
  /** Sorted, disjoint shifts in quarters of an hour. */
  const shifts = fc
    .uniqueArray(fc.integer({ min: 0, max: 96 }), { maxLength: 8 })
    .map((quarters) => quarters.sort((a, b) => a - b))
    .map((quarters) =>
      Array.from({ length: Math.floor(quarters.length / 2) }, (_, index): Shift => [
        (quarters[index * 2] ?? 0) * 15,
        (quarters[index * 2 + 1] ?? 0) * 15,
      ]),
    );
  const hours = fc.record({
    days: fc.array(shifts, { minLength: 7, maxLength: 7 }),
    holidays: fc.constant<string[]>([]),
  });
  const zone = fc.constantFrom(SAIGON, BERLIN, NEW_YORK, 'Australia/Lord_Howe', 'Asia/Kathmandu');
  const from = fc
    .integer({ min: Date.UTC(2026, 0) / MINUTE, max: Date.UTC(2030, 0) / MINUTE })
    .map((minutes) => minutes * MINUTE);

  it('the intervals are in order, apart, and within what was asked for', () => {
    fc.assert(
      fc.property(hours, zone, from, (week, timeZone, start) => {
        const intervals = openIntervals(week, timeZone, start, 35);
        const ends = [start, ...intervals.flat(), start + 35 * DAY];
        expect(ends).toEqual(ends.toSorted((a, b) => a - b));
        for (const [index, [opens, closes]] of intervals.entries()) {
          expect(closes).toBeGreaterThan(opens);
          expect(opens).toBeGreaterThan(intervals[index - 1]?.[1] ?? -1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('an ordinary week is open for as long as its hours say', () => {
    fc.assert(
      fc.property(hours, from, (week, start) => {
        const total = openIntervals(week, SAIGON, start, 35).reduce(
          (sum, [opens, closes]) => sum + closes - opens,
          0,
        );
        const perWeek = week.days.flat().reduce((sum, [opens, closes]) => sum + closes - opens, 0);
        expect(total).toBe(5 * perWeek * MINUTE);
      }),
      { numRuns: 60 },
    );
  });

  it('what is asked for in two parts is what is asked for at once', () => {
    fc.assert(
      fc.property(hours, zone, from, (week, timeZone, start) => {
        const sum = (intervals: Interval[]) =>
          intervals.reduce((all, [opens, closes]) => all + closes - opens, 0);
        const parts = [
          openIntervals(week, timeZone, start, 3),
          openIntervals(week, timeZone, start + 3 * DAY, 4),
        ];
        expect(sum(parts.flat())).toBe(sum(openIntervals(week, timeZone, start, 7)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('at one moment the business', () => {
  const hours = daily(shift('8:00', '17:00'));
  it.each([
    ['is open at the opening', '01:00', true],
    ['is open before the closing', '09:59', true],
    ['is closed at the closing', '10:00', false],
    ['is closed at night', '18:00', false],
  ])('%s', (_what, clock, isOpen) => {
    expect(isOpenAt(hours, SAIGON, Date.parse(`2026-11-23T${clock}Z`))).toBe(isOpen);
  });

  it('without hours is always open', () => {
    expect(isOpenAt(null, SAIGON, 3 * HOUR)).toBe(true);
  });
});
