import { DAY, SECOND, type Instant } from '#domain/instant.ts';
import type { Clock, OpenHours, Policy } from '#domain/policy.ts';
import { openIntervals } from './business-hours.ts';
import type { Db } from './database.ts';
import type { StoredBusinessHours, StoredClocks } from './stored.ts';

/** So far ahead a session knows the business hours. */
const KNOWN_AHEAD_DAYS = 35;
/**
 * The longest that a clock can have been running when it is re-timed: what it began with must be known too, or it would
 * begin anew with every loading. So long takes the longest clock, of 720 hours, in weeks of 14 open hours.
 */
const KNOWN_BACK_DAYS = 400;

/** What clocks are made from. */
export type StoredPolicy = {
  clocks: StoredClocks;
  settings_version: number;
  business_hours: StoredBusinessHours | null;
  time_zone: string;
};

export const POLICY_COLUMNS = [
  'clocks',
  'settings_version',
  'business_hours',
  'time_zone',
] as const satisfies (keyof StoredPolicy)[];

/**
 * The clocks as sessions carry them, with the version of the settings that they were read from.
 * @param since the earliest moment from which one of the session's clocks may run
 */
export async function readPolicy(db: Db, since: Instant): Promise<Policy> {
  const row = await db
    .selectFrom('workspace')
    .select(POLICY_COLUMNS)
    .executeTakeFirstOrThrow(
      () => new Error('No workspace: run `npm start` or create one before sessions are served'),
    );
  return toPolicy(row, since, Date.now());
}

export function toPolicy(stored: StoredPolicy, since: Instant, now: Instant): Policy {
  const { autoClose, reassign, deadline } = stored.clocks;
  const isAsked = [autoClose, reassign, deadline].some(({ businessHours }) => businessHours);
  return {
    version: stored.settings_version,
    autoClose: toClock(autoClose),
    reassign: toClock(reassign),
    deadline: { ...toClock(deadline), warnBeforeMs: deadline.warnBeforeSeconds * SECOND },
    hours: isAsked ? knownHours(stored, since, now) : null,
  };
}

function toClock(stored: { on: boolean; afterSeconds: number; businessHours?: boolean }): Clock {
  const { on, afterSeconds, businessHours = false } = stored;
  return { on, afterMs: afterSeconds * SECOND, businessHours };
}

function knownHours(stored: StoredPolicy, since: Instant, now: Instant): OpenHours | null {
  if (stored.business_hours === null) return null;
  // By whole days, so that sessions of one day share what was made for the first of them.
  const today = Math.floor(now / DAY) * DAY;
  const from = Math.max(Math.floor((since - DAY) / DAY) * DAY, today - KNOWN_BACK_DAYS * DAY);
  const days = Math.round((today - from) / DAY) + KNOWN_AHEAD_DAYS;
  const key = JSON.stringify([stored.business_hours, stored.time_zone, from, days]);
  const known = made.get(key);
  if (known !== undefined) return known;
  const hours = {
    open: openIntervals(stored.business_hours, stored.time_zone, from, days),
    until: from + days * DAY,
  };
  if (made.size >= MOST_MADE) made.clear();
  made.set(key, hours);
  return hours;
}

/** Asking the calendar takes milliseconds, and every session that begins asks for the same days. */
const made = new Map<string, OpenHours>();
const MOST_MADE = 100;
