import type { SandboxEvent } from '#sandbox/world.ts';

/** A number that only rises, and when it happened, in epoch ms. */
export type Logged = { seq: number; at: number; event: SandboxEvent };

export type EventLog = {
  add(event: SandboxEvent): void;
  /** Those after a number, oldest first; without one the newest. */
  after(seq: number | null, limit: number): Logged[];
  /** The number of the newest; 0 = there is none yet. */
  newest(): number;
  /** The number of the oldest that is kept. */
  oldest(): number;
};

/** At least so many are kept; then the older half goes at once. */
const KEPT = 1_000;

/** What happened lately, for a page that looks on. */
export function createEventLog(): EventLog {
  let events: Logged[] = [];
  let seq = 0;
  return {
    add(event) {
      seq += 1;
      events.push({ seq, at: Date.now(), event });
      if (events.length >= 2 * KEPT) events = events.slice(-KEPT);
    },
    after(from, limit) {
      if (from === null) return events.slice(-limit);
      const first = seq - events.length;
      return events.slice(Math.max(0, from - first)).slice(0, limit);
    },
    newest: () => seq,
    oldest: () => events[0]?.seq ?? seq + 1,
  };
}
