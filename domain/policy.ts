import type { Instant } from './instant.ts';

/**
 * The workspace's clocks as a session carries them (R43–R45). Durations in milliseconds.
 * The closing text itself stays in Postgres: nothing that a workflow carries has text in it.
 */
export type Policy = {
  /** Rises with every change of the settings; a session with an older one loads the newer. */
  version: number;
  autoClose: { on: boolean; afterMs: number };
  reassign: { on: boolean; afterMs: number };
  deadline: { on: boolean; afterMs: number; warnBeforeMs: number };
};

/** No clock runs. What a session has before it has read the settings for the first time. */
export const NO_CLOCKS: Policy = {
  version: 0,
  autoClose: { on: false, afterMs: 0 },
  reassign: { on: false, afterMs: 0 },
  deadline: { on: false, afterMs: 0, warnBeforeMs: 0 },
};

/** When a clock that started at `from` falls due. */
export function dueAfter(from: Instant, afterMs: number): Instant {
  return from + afterMs;
}
