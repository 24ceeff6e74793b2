import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const SAY_EVERY_MS = 3_000;

/** When to give a download up. */
export type DownloadLimits = {
  /** No byte for so long. */
  stallMs: number;
  /** Not whole after so long. */
  totalMs: number;
};

/**
 * Downloads into a file, telling now and then how far it is.
 * @param say gets "12 of 48 MB (25 %)"
 * @throws Error in words when the server cannot be reached, refuses, or a limit is passed
 */
export async function download(
  url: string,
  { file, say, limits }: { file: string; say: (line: string) => void; limits: DownloadLimits },
): Promise<void> {
  const { signal, isAlive, done } = watch(limits);
  try {
    // As it is: an archive that is unpacked on the way would not be one any more.
    const response = await fetch(url, { signal, headers: { 'accept-encoding': 'identity' } });
    if (!response.ok || response.body === null) throw new Error(`it answered ${response.status}`);
    const progress = teller(Number(response.headers.get('content-length')), say);
    await pipeline(
      Readable.fromWeb(response.body),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          isAlive();
          progress(chunk.length);
          yield chunk;
        }
      },
      createWriteStream(file),
      { signal },
    );
  } catch (cause) {
    throw new Error(`${url}: ${reason(signal, cause)}`, { cause });
  } finally {
    done();
  }
}

function watch({ stallMs, totalMs }: DownloadLimits) {
  const ending = new AbortController();
  const giveUp = (why: string) => () => ending.abort(new Error(why));
  const stall = setTimeout(giveUp(`nothing came for ${stallMs / 1000} s`), stallMs);
  const total = setTimeout(giveUp(`not whole after ${totalMs / 1000} s`), totalMs);
  return {
    signal: ending.signal,
    isAlive: () => void stall.refresh(),
    done: () => {
      clearTimeout(stall);
      clearTimeout(total);
    },
  };
}

function teller(totalBytes: number, say: (line: string) => void): (bytes: number) => void {
  let bytes = 0;
  let saidAt = Date.now();
  return (more) => {
    bytes += more;
    if (Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    say(progressLine(bytes, totalBytes));
  };
}

/** @param total not a positive number: the server did not tell */
export function progressLine(bytes: number, total: number): string {
  const megabytes = (count: number) => Math.round(count / 1_000_000);
  if (!(total > 0)) return `${megabytes(bytes)} MB`;
  const percent = Math.floor((bytes / total) * 100);
  return `${megabytes(bytes)} of ${megabytes(total)} MB (${percent} %)`;
}

function reason(signal: AbortSignal, error: unknown): string {
  const failed: unknown = signal.aborted ? signal.reason : error;
  if (!(failed instanceof Error)) return String(failed);
  // `fetch` says only "fetch failed"; what failed is in its cause.
  return failed.cause instanceof Error ? failed.cause.message : failed.message;
}
