import { setTimeout as sleep } from 'node:timers/promises';

/** A browser's one connection: it comes back by itself as long as it is open. */
export type BrowserStream = { close: () => Promise<void> };

const COMES_BACK_MS = 1_000;

/**
 * @param connect one try; resolves with the open answer, whose body goes on until somebody ends it
 * @param answerBeat says that the browser is there
 */
export function openStream(
  connect: (signal: AbortSignal) => Promise<Response>,
  answerBeat: () => Promise<unknown>,
): BrowserStream {
  const closing = new AbortController();
  const { signal } = closing;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await listen(connect, answerBeat, signal).catch(() => undefined);
      await sleep(COMES_BACK_MS, undefined, { signal }).catch(() => undefined);
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
  answerBeat: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const response = await connect(signal);
  if (!response.ok || response.body === null) return;
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    if (signal.aborted) return;
    if (text.includes('event: beat\n')) void answerBeat().catch(() => undefined);
  }
}
