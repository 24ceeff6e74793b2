/**
 * Who counts as gone (R58). Somebody is there for as long as their browser answers the beats of the connection that it
 * has to an API process; and each process says of itself that it lives, more often.
 */
import { SECOND, type Instant } from './instant.ts';

/** An API process. `upSince`: without a gap that could hide who was connected. */
export type ApiProcess = { upSince: Instant; seenAt: Instant };

/** Proxies close what is silent for longer: nginx after a minute. Source: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout */
export const BEAT_EVERY_MS = 15 * SECOND;
const BEATS_PER_GRACE = 3;

/**
 * A process that says nothing for so much of the grace time may have been standing still, and is up anew from its next
 * word on. Together with the time between two beats it is less than the grace time: through a shorter silence of their
 * process nobody who is connected can look gone.
 */
export const STANDSTILL_PER_GRACE = 0.6;

/**
 * A process that was not heard of for so long is down. Longer than it takes to collect garbage, to freeze and thaw a
 * machine, or to fail over a database; and no longer, since a process that crashed says as little, and those who leave
 * meanwhile are thought to be there.
 */
const DOWN_AFTER_MS = 45 * SECOND;

/** How often browsers are asked whether they are there: of a short grace time some beats may be lost before anybody is taken for gone. */
export function beatEveryMs(graceMs: number): number {
  return Math.min(BEAT_EVERY_MS, Math.round(graceMs / BEATS_PER_GRACE));
}

/**
 * Whether it can be said who is gone: some process is up, and all that are have been so for one grace time. A restart of
 * ours must not look like everybody leaving.
 */
export function canJudge(
  processes: readonly ApiProcess[],
  { graceMs, now }: { graceMs: number; now: Instant },
): boolean {
  const up = processes.filter(({ seenAt }) => seenAt > now - DOWN_AFTER_MS);
  return up.length > 0 && up.every(({ upSince }) => upSince <= now - graceMs);
}

/**
 * Somebody is gone when the process through which they were seen last has lived on for one grace time without them. What
 * it did not say while it stood still is no sign: their browser may be connected to it all the same. If it is down, they
 * had one grace time from then on to come to another.
 * @param via that process; null = it has ended, and said so
 */
export function isGone(
  { seenAt, via }: { seenAt: Instant; via: ApiProcess | null },
  { graceMs, now }: { graceMs: number; now: Instant },
): boolean {
  if (seenAt >= now - graceMs) return false;
  if (via === null) return true;
  const livedOn = via.seenAt - Math.max(seenAt, via.upSince);
  return livedOn > graceMs || via.seenAt < now - DOWN_AFTER_MS - graceMs;
}
