/** The server's events, over one connection for all tabs of the browser: a browser opens only six to one server. */
import type { StreamEvent } from '#contracts/stream.ts';
import type { Wire } from './wire.ts';

export type LiveEvent = Wire<StreamEvent>;
type Told = { event: LiveEvent } | { isOpen: boolean } | { asks: true };

export type StreamListener = {
  onEvent: (event: LiveEvent) => void;
  /** True: connected, and whatever was missed must be read again. False: the connection is lost. */
  onState: (isOpen: boolean) => void;
};

const NAMES = ['change', 'gone', 'command', 'reset'] as const;
/** A connection over which not even a beat comes is dead, however open it looks: a laptop that slept. */
const REOPEN_MS = 2_000;

/** @returns ends listening; another tab takes the connection over */
export function listenToStream(listener: StreamListener): () => void {
  const channel = new BroadcastChannel('everthread-stream');
  const release = Promise.withResolvers<void>();
  let source: EventSource | null = null;
  let isOpen = false;
  let hasEnded = false;

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
    source = new EventSource('/api/stream');
    source.onopen = () => tell({ isOpen: (isOpen = true) });
    source.onerror = () => {
      tell({ isOpen: (isOpen = false) });
      // After an answer that is not a stream (a proxy without its server) the browser gives up.
      if (source?.readyState === EventSource.CLOSED && !hasEnded) setTimeout(open, REOPEN_MS);
    };
    for (const name of NAMES)
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        tell({ event: { event: name, data: JSON.parse(data) as unknown } as LiveEvent });
      });
  };

  channel.postMessage({ asks: true });
  void holdLock(async () => {
    if (hasEnded) return;
    open();
    await release.promise;
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
