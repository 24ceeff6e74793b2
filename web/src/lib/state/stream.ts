/** The server's events, over one connection for all tabs of the browser: a browser opens only six to one server. */
import type { StreamEvent } from '#contracts/stream.ts';
import { api } from './api.ts';
import type { Wire } from './wire.ts';

export type LiveEvent = Exclude<Wire<StreamEvent>, { event: 'beat' }>;
type Told = { event: LiveEvent } | { isOpen: boolean } | { asks: true };

export type StreamListener = {
  onEvent: (event: LiveEvent) => void;
  /** True: connected, and whatever was missed must be read again. False: the connection is lost. */
  onState: (isOpen: boolean) => void;
};

const NAMES = ['change', 'gone', 'command', 'reset'] as const;
const REOPEN_MS = 2_000;
/** Until the server has said how often it beats. */
const FIRST_BEAT_MS = 15_000;
/** When so many beats have not come, the connection is dead, however open it looks: the laptop slept, the network changed. */
const BEATS_MISSED = 3;
const LOOK_EVERY_MS = 1_000;

/** @returns ends listening; another tab takes the connection over */
export function listenToStream(listener: StreamListener): () => void {
  const channel = new BroadcastChannel('everthread-stream');
  const release = Promise.withResolvers<void>();
  let source: EventSource | null = null;
  let isOpen = false;
  let hasEnded = false;
  let beatMs = FIRST_BEAT_MS;
  let heardAt = 0;

  const tell = (told: Told): void => {
    hear(told);
    channel.postMessage(told);
  };
  const hear = (told: Told): void => {
    if ('event' in told) listener.onEvent(told.event);
    else if ('isOpen' in told) listener.onState(told.isOpen);
  };
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if ('asks' in data) {
      if (source !== null) channel.postMessage({ isOpen });
    } else hear(data);
  };

  const open = (): void => {
    source?.close();
    if (hasEnded) return;
    source = new EventSource('/api/stream');
    // By the clock on the wall: timers stand still while a laptop sleeps.
    heardAt = Date.now();
    source.onopen = () => {
      heardAt = Date.now();
      tell({ isOpen: (isOpen = true) });
    };
    source.onerror = () => {
      tell({ isOpen: (isOpen = false) });
      // After an answer that is not a stream (a proxy without its server) the browser gives up.
      if (source?.readyState === EventSource.CLOSED) setTimeout(open, REOPEN_MS);
    };
    source.addEventListener('beat', ({ data }: MessageEvent<string>) => {
      beatMs = (JSON.parse(data) as { nextMs: number }).nextMs;
      heardAt = Date.now();
      // One that is lost is made up for by the next.
      void api('POST', '/me/presence/beat').catch(() => undefined);
    });
    for (const name of NAMES)
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        tell({ event: { event: name, data: JSON.parse(data) as unknown } as LiveEvent });
      });
  };
  const look = (): void => {
    if (source === null || Date.now() - heardAt < BEATS_MISSED * beatMs) return;
    tell({ isOpen: (isOpen = false) });
    open();
  };

  channel.postMessage({ asks: true });
  void holdLock(async () => {
    if (hasEnded) return;
    open();
    const looking = setInterval(look, LOOK_EVERY_MS);
    await release.promise;
    clearInterval(looking);
    source?.close();
  });
  return () => {
    hasEnded = true;
    release.resolve();
    channel.close();
  };
}

/** Without locks (plain http on another machine) each tab has a connection of its own. */
async function holdLock(work: () => Promise<void>): Promise<void> {
  if ('locks' in navigator) await navigator.locks.request('everthread-stream', work);
  else await work();
}
