import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is yes.
 * @param ask may throw: that counts as no
 * @param timeoutMs how long to go on asking
 * @param everyMs the pause between two questions
 * @returns whether the answer was yes in time
 */
export async function becomesTrue(
  ask: () => Promise<boolean>,
  { timeoutMs, everyMs = 50 }: { timeoutMs: number; everyMs?: number },
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    // What is not up yet refuses connections: an error is the usual way to say "not yet".
    if (await ask().catch(() => false)) return true;
    if (Date.now() >= end) return false;
    await sleep(everyMs);
  }
}
