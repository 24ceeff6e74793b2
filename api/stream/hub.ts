import type { Logger } from 'pino';
import type { StreamEvent } from '#contracts/stream.ts';
import { changesAfter, isResumable, type Change, type FeedPlace } from '#db/change-feed.ts';
import type { Db } from '#db/database.ts';
import { peopleByTokens, type Person } from '#db/people.ts';
import { BEAT_EVERY_MS } from '#domain/presence.ts';
import { startLoop } from '../loop.ts';
import { eventFor, format, isAfter } from './events.ts';
import { startFeed } from './feed.ts';

/** Where a browser's events are written to. */
export type Sink = { write(text: string): void; end(): void };
export type Listener = {
  person: Person;
  tokenHash: Buffer;
  sink: Sink;
};

/** Who is connected, and what each of them gets to hear. */
export type StreamHub = {
  /** @param after the place of a browser that comes back @returns how to disconnect it */
  connect(listener: Listener, after: FeedPlace | null): () => void;
  /** Signed out: its stream ends at once, in this process. */
  disconnect(tokenHash: Buffer): void;
  /**
   * Somebody was disabled, signed out elsewhere, or given other rights: resolves when nobody who is connected to this
   * process hears anything more by the old ones. Other processes follow within half a second.
   */
  recheckRights(): Promise<void>;
  /** How often everybody is told that the connection lives, and asked whether they do. In ms. */
  beatEvery(ms: number): void;
  nudge(): void;
  close(): Promise<void>;
};

type Client = Listener & {
  /** What came while it was still being told what it had missed; null = it is up to date. */
  held: Change[] | null;
};

/** A person who is disabled, signed out or given other rights is noticed this soon. */
const RIGHTS_EVERY_MS = 500;
/** Who missed more than this loads everything again. */
const MOST_MISSED = 5_000;

export async function createStreamHub(deps: {
  db: Db;
  log: Logger;
  onCount?: (clients: number) => void;
}): Promise<StreamHub> {
  const { db, log, onCount = () => undefined } = deps;
  const clients = new Set<Client>();
  let closed = false;

  const feed = await startFeed(deps, (change) => {
    for (const client of clients) {
      if (client.held === null) tell(client, change);
      else client.held.push(change);
    }
  });
  let beatMs = BEAT_EVERY_MS;
  const beat = (client: Client): void => send(client, { event: 'beat', data: { nextMs: beatMs } });
  const beatAll = (): void => {
    for (const client of clients) if (client.held === null) beat(client);
  };
  let beating = setInterval(beatAll, beatMs);
  // One after the other: an older answer of the database must not come after a newer one.
  let rechecked: Promise<void> = Promise.resolve();
  const rights = startLoop({
    idleMs: RIGHTS_EVERY_MS,
    maxErrorMs: RIGHTS_EVERY_MS,
    onError: (err) => log.warn({ err }, 'cannot re-read the rights of connected people'),
    async step() {
      await recheckRights();
      return false;
    },
  });

  const remove = (client: Client): void => {
    if (!clients.delete(client)) return;
    onCount(clients.size);
    client.sink.end();
  };
  const send = (client: Client, event: StreamEvent): void =>
    client.sink.write(format(event, feed.place()));

  function recheckRights(): Promise<void> {
    const next = rechecked.then(refreshRights);
    rechecked = next.catch(() => undefined);
    return next;
  }

  async function refreshRights(): Promise<void> {
    if (clients.size === 0) return;
    const known = [...clients];
    const people = await peopleByTokens(
      db,
      known.map(({ tokenHash }) => tokenHash),
    );
    for (const client of known) {
      const person = people.get(client.tokenHash.toString('hex'));
      if (person === undefined) remove(client);
      else if (!sameRights(person, client.person)) {
        client.person = person;
        send(client, { event: 'reset', data: { reason: 'rights' } });
      }
    }
  }

  /** Tells what came between `after` and the moment of connecting, then what was held since. */
  async function catchUp(client: Client, after: FeedPlace | null): Promise<void> {
    const upTo = feed.place();
    const missed = after === null ? [] : await missedBetween(db, after, upTo);
    if (missed === 'too much') send(client, { event: 'reset', data: { reason: 'too old' } });
    else for (const change of missed) tell(client, change);
    for (const change of client.held ?? []) tell(client, change);
    client.held = null;
    beat(client);
  }

  return {
    connect(listener, after) {
      // A browser that comes back while the process stops would hold it up.
      if (closed) {
        listener.sink.end();
        return () => undefined;
      }
      const client: Client = { ...listener, held: [] };
      clients.add(client);
      onCount(clients.size);
      catchUp(client, after).catch((err: unknown) => {
        log.warn({ err }, 'a stream could not be resumed');
        // The browser comes back by itself.
        remove(client);
      });
      return () => remove(client);
    },
    disconnect(tokenHash) {
      for (const client of clients) if (client.tokenHash.equals(tokenHash)) remove(client);
    },
    recheckRights,
    beatEvery(ms) {
      if (ms === beatMs || closed) return;
      clearInterval(beating);
      beatMs = ms;
      beating = setInterval(beatAll, beatMs);
    },
    nudge: () => feed.nudge(),
    async close() {
      closed = true;
      clearInterval(beating);
      for (const client of clients) remove(client);
      await Promise.all([feed.close(), rights.stop()]);
    },
  };
}

function tell(client: Client, change: Change): void {
  const event = eventFor(client.person, change);
  if (event !== null) client.sink.write(format(event, change));
}

async function missedBetween(
  db: Db,
  after: FeedPlace,
  upTo: FeedPlace,
): Promise<Change[] | 'too much'> {
  if (!(await isResumable(db, after))) return 'too much';
  const missed = await changesAfter(db, after, MOST_MISSED);
  // What lies behind `upTo` was held for the client, or will reach it live.
  return missed.length === MOST_MISSED ? 'too much' : missed.filter((one) => !isAfter(one, upTo));
}

function sameRights(a: Person, b: Person): boolean {
  return a.role === b.role && JSON.stringify(a.channels) === JSON.stringify(b.channels);
}
