import { DAY, type Instant } from './instant.ts';

/**
 * The workspace's clocks as a session carries them (R43–R46). Durations in milliseconds.
 * The closing text itself stays in Postgres: nothing that a workflow carries has text in it.
 */
export type Policy = {
  /** Rises with every change of the settings; a session with an older one loads the newer. */
  version: number;
  autoClose: Clock;
  reassign: Clock;
  deadline: Clock & { warnBeforeMs: number };
  /** When the workspace is open; null = around the clock. */
  hours: OpenHours | null;
};

export type Clock = {
  on: boolean;
  afterMs: number;
  /** It stands still while the workspace is closed. */
  businessHours: boolean;
};

/** Time zones are none of the rules' business: the intervals are instants, ordered and apart, known up to `until`. */
export type OpenHours = { open: [from: Instant, to: Instant][]; until: Instant };

const OFF: Clock = { on: false, afterMs: 0, businessHours: false };

/** No clock runs. What a session has before it has read the settings for the first time. */
export const NO_CLOCKS: Policy = {
  version: 0,
  autoClose: OFF,
  reassign: OFF,
  deadline: { ...OFF, warnBeforeMs: 0 },
  hours: null,
};

/** When so few days of the known hours are left, newer ones are loaded. */
const REFRESH_BEFORE_MS = 7 * DAY;

/**
 * When a clock that started at `from` falls due.
 * @returns null when that is later than the business hours are known
 */
export function dueAfter(from: Instant, afterMs: number, hours: OpenHours | null): Instant | null {
  if (hours === null) return from + afterMs;
  let left = afterMs;
  for (const [opens, closes] of hours.open) {
    const begins = Math.max(opens, from);
    if (closes <= begins) continue;
    if (left <= closes - begins) return begins + left;
    left -= closes - begins;
  }
  return null;
}

/** When the hours that a session carries are to be loaded anew; null = they never are. */
export function refreshAt({ hours }: Policy): Instant | null {
  return hours === null ? null : hours.until - REFRESH_BEFORE_MS;
}

/** Whether the one is to replace the other: newer settings, or the same with hours that reach further. */
export function isNewer(policy: Policy, known: Policy): boolean {
  if (policy.version !== known.version) return policy.version > known.version;
  return (policy.hours?.until ?? 0) > (known.hours?.until ?? 0);
}
