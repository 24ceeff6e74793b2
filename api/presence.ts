import type { Logger } from 'pino';
import type { Db } from '#db/database.ts';
import { newId } from '#db/ids.ts';
import type { WakeChannel } from '#db/notify.ts';
import { beat, beatProcess, endProcess, findGone, linger } from '#db/presence.ts';
import type { AgentId } from '#domain/ids.ts';
import { SECOND } from '#domain/instant.ts';
import { beatEveryMs } from '#domain/presence.ts';
import { startLoop } from './loop.ts';

const LOOK_EVERY_MS = 2 * SECOND;

/** What browsers let this process know of who is at the desk (R58). None of it waits or fails. */
export type PresenceBook = {
  /** A browser has connected. */
  connected: (agent: AgentId) => void;
  /** A connected browser has answered a beat. */
  heard: (agent: AgentId) => void;
  /** A browser's connection has ended. */
  dropped: (agent: AgentId) => void;
};

export type Presence = PresenceBook & { stop: () => Promise<void> };

/** Of a process that takes no browsers: to it, everybody would be gone. */
export const NO_PRESENCE: Presence = {
  connected: () => undefined,
  heard: () => undefined,
  dropped: () => undefined,
  stop: () => Promise.resolve(),
};

export type PresenceDeps = {
  db: Db;
  log: Logger;
  /** How often connected browsers are to be asked whether they are there. */
  askEvery: (ms: number) => void;
  waker: { wake: (channel: WakeChannel) => void };
};

/** Tells Postgres who was heard of here, and finds who has not been for too long (R58). */
export function startPresence({ db, log, askEvery, waker }: PresenceDeps): Presence {
  const id = newId<string>();
  const heard = new Set<AgentId>();
  const dropped = new Set<AgentId>();
  const loop = startLoop({
    idleMs: LOOK_EVERY_MS,
    onError: (err) => {
      log.warn({ err }, 'presence could not be written down; it tries again');
    },
    async step() {
      askEvery(beatEveryMs(await beatProcess(db, id)));
      await told(dropped, (agents) => linger(db, id, agents));
      await told(heard, async (agents) => {
        if ((await beat(db, id, agents)).length > 0) waker.wake('line');
      });
      if ((await findGone(db)).length > 0) waker.wake('line');
      return false;
    },
  });
  const note =
    (book: Set<AgentId>, isUrgent: boolean) =>
    (agent: AgentId): void => {
      book.add(agent);
      if (isUrgent) loop.nudge();
    };
  return {
    connected: note(heard, true),
    heard: note(heard, false),
    dropped: note(dropped, true),
    async stop() {
      await loop.stop();
      await endProcess(db, id).catch(() => undefined);
    },
  };
}

/** Writes down what a book says; what cannot be written stays in it. */
async function told(
  book: Set<AgentId>,
  write: (agents: AgentId[]) => Promise<void>,
): Promise<void> {
  const agents = [...book];
  if (agents.length === 0) return;
  book.clear();
  try {
    await write(agents);
  } catch (error) {
    for (const agent of agents) book.add(agent);
    throw error;
  }
}
