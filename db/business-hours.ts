/** When the business is open, in UTC. Time zones are known here and not in `domain/`, which asks no calendar. */
import { DAY, MINUTE, type Instant } from '#domain/instant.ts';
import type { StoredBusinessHours } from './stored.ts';

export type Interval = [from: Instant, to: Instant];

/**
 * The open intervals of some days ahead: in order, disjoint, those that touch are one, cut at both ends of the time
 * asked for. The hours are read from the clock on the wall: a time that a change of the clock leaves out is the first
 * moment after it; of one that comes twice, the business opens at the first and closes at the last.
 */
export function openIntervals(
  hours: StoredBusinessHours,
  timeZone: string,
  from: Instant,
  days: number,
): Interval[] {
  const until = from + days * DAY;
  const wall = wallClock(timeZone);
  // A change of the clock may put a local day's edge into the day before or after.
  const all = localDays(wall, from - DAY, until + DAY).flatMap((day) =>
    shiftsOf(hours, day).map(([opens, closes]): Interval => [
      wall.first(day + opens * MINUTE),
      wall.last(day + closes * MINUTE),
    ]),
  );
  return merge(all)
    .map(([opens, closes]): Interval => [Math.max(opens, from), Math.min(closes, until)])
    .filter(([opens, closes]) => opens < closes);
}

/** Whether the business is open; without hours it always is (R46). */
export function isOpenAt(
  hours: StoredBusinessHours | null,
  timeZone: string,
  at: Instant,
): boolean {
  if (hours === null) return true;
  return openIntervals(hours, timeZone, at, 1).some(([opens]) => opens === at);
}

/** What a clock on the wall shows, counted as if it stood in UTC. */
type WallTime = number;

type WallClock = {
  /** The first and the last instant at which it shows this. */
  first(shown: WallTime): Instant;
  last(shown: WallTime): Instant;
  at(instant: Instant): WallTime;
};

function shiftsOf({ days, holidays }: StoredBusinessHours, day: WallTime) {
  if (holidays.includes(new Date(day).toISOString().slice(0, 10))) return [];
  // Sunday is 0 for JavaScript and 6 here.
  return days[(new Date(day).getUTCDay() + 6) % 7] ?? [];
}

/** The midnights of the local days that have something of a time, also where a day's midnight was left out. */
function localDays(wall: WallClock, from: Instant, until: Instant): WallTime[] {
  const first = Math.floor(wall.at(from) / DAY);
  const last = Math.floor(wall.at(until) / DAY);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * DAY);
}

function wallClock(timeZone: string): WallClock {
  const format = offsetFormat(timeZone);
  const offsetAt = (instant: Instant) => offsetIn(format, instant);
  /** When it shows this: twice, once, or never. */
  const instantsOf = (shown: WallTime): Instant[] => {
    const [before, after] = [offsetAt(shown - DAY), offsetAt(shown + DAY)];
    if (before === after) return [shown - before];
    return [shown - before, shown - after].filter((instant) => wall.at(instant) === shown);
  };
  const wall: WallClock = {
    at: (instant) => instant + offsetAt(instant),
    first: (shown) => Math.min(...orChange(shown, instantsOf(shown))),
    last: (shown) => Math.max(...orChange(shown, instantsOf(shown))),
  };
  /** Where it never shows this: the instant at which it is put forward. */
  const orChange = (shown: WallTime, instants: Instant[]): Instant[] => {
    if (instants.length > 0) return instants;
    let [before, after] = [shown - DAY, shown + DAY];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (wall.at(middle) < shown) before = middle;
      else after = middle;
    }
    return [after];
  };
  return wall;
}

function merge(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const [opens, closes] of intervals.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last !== undefined && opens <= last[1]) last[1] = Math.max(last[1], closes);
    else merged.push([opens, closes]);
  }
  return merged;
}

/** Making one costs as much as a thousand uses; there is one time zone per workspace. */
const formats = new Map<string, Intl.DateTimeFormat>();

function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  formats.set(timeZone, format);
  return format;
}

/** Milliseconds that the local time is ahead of UTC. */
function offsetIn(format: Intl.DateTimeFormat, instant: Instant): number {
  // GMT+07:00; GMT alone is UTC itself.
  const [, sign, hours = 0, minutes = 0] =
    /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(instant)) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * MINUTE;
  return sign === '-' ? -offset : offset;
}
