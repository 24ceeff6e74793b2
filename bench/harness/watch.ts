import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the answer is yes.
 * @returns when it was, by `performance.now()`
 * @throws Error when that takes longer than `timeoutMs`
 */
export async function whenTrue(
  what: string,
  ask: () => Promise<boolean>,
  { everyMs = 20, timeoutMs = 300_000 } = {},
): Promise<number> {
  const giveUpAt = performance.now() + timeoutMs;
  while (!(await ask())) {
    if (performance.now() > giveUpAt)
      throw new Error(`Not within ${timeoutMs / 1_000} s: ${what}. See the logs.`);
    await sleep(everyMs);
  }
  return performance.now();
}
