import { request, type IncomingMessage } from 'node:http';
import { until } from './until.ts';

export type SseEvent = { event: string; id: string; data: unknown };

/** A browser's EventSource, as far as tests need one: it keeps everything but beats, and does not answer them. */
export type SseReader = {
  status: number;
  events: SseEvent[];
  /** The place to come back with. */
  lastId(): string;
  isClosed(): boolean;
  /** The next event of this name (from the beginning), once it has come. */
  next(event: string): Promise<SseEvent>;
  /** Calls back at every beat. @returns stops it */
  onBeat(listener: (beat: { nextMs: number }) => void): () => void;
  /** Stops reading, without hanging up. */
  pause(): void;
  close(): void;
};

export async function openSse(url: string, headers: Record<string, string>): Promise<SseReader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { headers, agent: false }, resolve).on('error', reject).end();
  });
  const events: SseEvent[] = [];
  const beatListeners = new Set<(beat: { nextMs: number }) => void>();
  let lastId = '';
  let closed = false;
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line): [string, string] => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
        }),
      );
      lastId = fields.get('id') ?? lastId;
      const data = fields.get('data');
      if (data === undefined) continue;
      const event = { event: fields.get('event') ?? 'message', id: lastId, data: JSON.parse(data) };
      if (event.event === 'beat') beatListeners.forEach((listener) => listener(event.data));
      else events.push(event);
    }
  });
  const end = () => (closed = true);
  response.on('close', end).on('error', end);
  return {
    status: response.statusCode ?? 0,
    events,
    lastId: () => lastId,
    isClosed: () => closed,
    next: (name) => until(() => events.find(({ event }) => event === name)),
    onBeat(listener) {
      beatListeners.add(listener);
      return () => void beatListeners.delete(listener);
    },
    pause: () => void response.pause(),
    close: () => void response.destroy(),
  };
}
