/** Epoch milliseconds, UTC. Nothing in domain/ reads a clock: the caller says what time it is. */
export type Instant = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
