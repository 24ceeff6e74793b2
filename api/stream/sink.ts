import type { ServerResponse } from 'node:http';
import type { Sink } from './hub.ts';

/** A browser that reads so slowly that this much waits for it is cut off; it comes back by itself. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
/** How soon a browser comes back after a lost connection. */
const RETRY_MS = 1_000;

/** Turns a response into a stream of server-sent events. */
export function openSink(response: ServerResponse): Sink {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Nginx would otherwise hold events back until its buffer is full.
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  response.write(`retry: ${RETRY_MS}\n\n`);
  return {
    write(text) {
      if (response.destroyed || response.writableEnded) return;
      response.write(text);
      if (response.writableLength > MOST_WAITING_BYTES) response.destroy();
    },
    end() {
      response.end();
    },
  };
}
