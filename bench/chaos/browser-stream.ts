import { setTimeout as sleep } from 'node:timers/promises';

/** A browser's one connection: it comes back by itself as long as it is open. */
export type BrowserStream = { close: () => Promise<void> };

const COMES_BACK_MS = 1_000;

/** @param connect one try; resolves with the open answer, whose body goes on until somebody ends it */
export function openStream(connect: (signal: AbortSignal) => Promise<Response>): BrowserStream {
  const closing = new AbortController();
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await listen(connect, closing.signal).catch(() => undefined);
      await sleep(COMES_BACK_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  const ended = run();
  return {
    close() {
      closing.abort();
      return ended;
    },
  };
}

async function listen(
  connect: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): Promise<void> {
  const response = await connect(signal);
  if (!response.ok || response.body === null) return;
  for await (const _ of response.body) if (signal.aborted) return;
}
