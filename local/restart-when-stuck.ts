import { appendFile, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '#local/part.ts';

const LOOK_EVERY_MS = 1_000;
/** One look may find what a single call left behind; a part that says it in so many on end says nothing else any more. */
const LOOKS = 5;

/**
 * Starts a part again that runs and yet does nothing any more, which only its log tells.
 * @param symptom what it then logs without end
 */
export function restartWhenStuck(part: Part, symptom: string): void {
  const [start, stop, kill] = [part.start.bind(part), part.stop.bind(part), part.kill.bind(part)];
  let watch: AbortController | undefined;

  const begin = (): void => {
    watch?.abort();
    watch = new AbortController();
    const { signal } = watch;
    // The watch ends by being broken off; whoever waits for the part hears of everything else.
    void watchOver(signal).catch(() => undefined);
  };

  const watchOver = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await becomesStuck(part.logFile, { symptom, signal });
      await appendFile(part.logFile, `${part.name} is stuck: it is started again\n`);
      await kill();
      while (!signal.aborted && part.pid === undefined)
        await start().catch(() => sleep(LOOK_EVERY_MS));
    }
  };

  const withoutWatch = (end: () => Promise<void>) => (): Promise<void> => {
    watch?.abort();
    return end();
  };

  Object.assign(part, {
    async start() {
      const isNew = part.pid === undefined;
      await start();
      if (isNew) begin();
    },
    stop: withoutWatch(stop),
    kill: withoutWatch(kill),
  });
}

/** Resolves when the log has grown by the symptom in so many looks on end. @throws AbortError */
async function becomesStuck(
  logFile: string,
  { symptom, signal }: { symptom: string; signal: AbortSignal },
): Promise<void> {
  let read = (await stat(logFile)).size;
  for (let seen = 0; seen < LOOKS;) {
    await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false });
    const grown = await textFrom(logFile, read);
    read += grown.length;
    seen = grown.includes(symptom) ? seen + 1 : 0;
  }
}

async function textFrom(file: string, from: number): Promise<Buffer> {
  const log = await open(file);
  try {
    const length = Math.max(0, (await log.stat()).size - from);
    const { buffer, bytesRead } = await log.read({ buffer: Buffer.alloc(length), position: from });
    return buffer.subarray(0, bytesRead);
  } finally {
    await log.close();
  }
}
