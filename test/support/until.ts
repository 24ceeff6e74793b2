import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for something that happens by itself: asks until the answer is neither false nor nullish.
 * Tests wait so instead of sleeping.
 * @param ask a failed `expect` in it counts as "not yet"
 * @param timeoutMs default a minute: it only ends what hangs
 * @returns the answer
 * @throws the last error of `ask`, or one saying what it answered, when the time is over
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  { timeoutMs = 60_000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const [answer, error] = await attempt(ask);
    if (isYes(answer)) return answer;
    if (Date.now() >= end) {
      throw error ?? new Error(`Still ${String(answer)} after ${timeoutMs} ms: ${ask.toString()}`);
    }
    await sleep(everyMs);
  }
}

/** Waits until these expectations hold, of something that happens by itself. @throws the last that did not */
export async function eventually(expectations: () => unknown): Promise<void> {
  await until(async () => {
    await expectations();
    return true;
  });
}

async function attempt<T>(ask: () => T | Promise<T>): Promise<[T | undefined, Error?]> {
  try {
    return [await ask()];
  } catch (error) {
    return [undefined, error instanceof Error ? error : new Error(String(error))];
  }
}

function isYes<T>(answer: T): answer is Exclude<T, false | null | undefined> {
  return answer !== false && answer != null;
}
