import { setTimeout as sleep } from 'node:timers/promises';

export type Loop = {
  /** Looks again at once instead of after the pause. */
  nudge: () => void;
  /** Resolves when the step under way has ended; none begins after. */
  stop: () => Promise<void>;
};

export type LoopOptions = {
  /** One step. @returns true to go on at once, false when there was nothing to do */
  step: (signal: AbortSignal) => Promise<boolean>;
  /** Pause after a step with nothing to do, in ms. */
  idleMs: number;
  /** Told of a step that failed; the loop goes on after a pause that doubles up to `maxErrorMs`. */
  onError: (error: unknown) => void;
  maxErrorMs?: number;
};

const FIRST_ERROR_PAUSE_MS = 100;

/** Repeats a step for as long as the process lives: at once while there is work, else after a pause or a nudge. */
export function startLoop({ step, idleMs, onError, maxErrorMs = 5_000 }: LoopOptions): Loop {
  const stopping = new AbortController();
  let wake = new AbortController();
  let nudged = false;
  const pause = async (ms: number): Promise<void> => {
    if (nudged || stopping.signal.aborted) return;
    wake = new AbortController();
    // Aborting is how a nudge ends the pause, not an error.
    await sleep(ms, undefined, { signal: wake.signal }).catch(() => undefined);
  };
  const run = async (): Promise<void> => {
    let errorPauseMs = FIRST_ERROR_PAUSE_MS;
    while (!stopping.signal.aborted) {
      nudged = false;
      try {
        if (!(await step(stopping.signal))) await pause(idleMs);
        errorPauseMs = FIRST_ERROR_PAUSE_MS;
      } catch (error) {
        onError(error);
        nudged = false;
        await pause(errorPauseMs);
        errorPauseMs = Math.min(2 * errorPauseMs, maxErrorMs);
      }
    }
  };
  const ended = run();
  return {
    nudge() {
      nudged = true;
      wake.abort();
    },
    stop() {
      stopping.abort();
      wake.abort();
      return ended;
    },
  };
}
