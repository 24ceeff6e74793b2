import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '#local/part.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const HEALTHY_AFTER_MS = 60_000;

/**
 * Starts a part again whenever it ends by itself, after a pause that doubles while it keeps failing.
 * @param say gets a line for each crash and each return
 * @param signal ends the watch; the part itself is left as it is
 */
export function keepRunning(
  part: Part,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): void {
  let pauseMs = FIRST_PAUSE_MS;
  let startedAt = Date.now();

  const revive = async (what: string): Promise<void> => {
    if (signal.aborted) return;
    if (Date.now() - startedAt > HEALTHY_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
    say(`${part.name} ${what}; starting it again in ${pauseMs / 1_000} s. Log: ${part.logFile}`);
    await sleep(pauseMs, undefined, { signal });
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    startedAt = Date.now();
    try {
      await part.start();
      say(`${part.name} runs again.`);
    } catch {
      // The part's error repeats its log, to which the next line points.
      await revive('did not start');
    }
  };
  const endQuietly = (error: unknown) => {
    if (!signal.aborted) throw error;
  };
  part.onCrash((how) => void revive(`stopped unexpectedly (${how})`).catch(endQuietly));
}
