import type { Logger } from 'pino';
import type { Db } from '#db/database.ts';
import { newId } from '#db/ids.ts';
import type { WakeChannel } from '#db/notify.ts';
import { beat, beatProcess, endProcess, findGone } from '#db/presence.ts';
import { SECOND } from '#domain/instant.ts';
import type { AgentId } from '#domain/ids.ts';
import { startLoop, type Loop } from './loop.ts';

const LOOK_EVERY_MS = 2 * SECOND;
const BEAT_EVERY_MS = 20 * SECOND;
/** Of a short grace time two beats may be lost before anybody is taken for gone. */
const BEATS_PER_GRACE = 3;

export type PresenceDeps = {
  db: Db;
  log: Logger;
  /** Whose browsers are connected to this process. */
  connected: () => AgentId[];
  waker: { wake: (channel: WakeChannel) => void };
};

/** Tells Postgres whose browsers are connected here, and finds who has been gone for too long (R58). Nudge it when somebody connects. */
export function startPresence({ db, log, connected, waker }: PresenceDeps): Loop {
  const id = newId<string>();
  let beatAt = -Infinity;
  let known = new Set<AgentId>();
  const beatAll = async (graceSeconds: number): Promise<void> => {
    const agents = connected();
    const isNew = agents.some((agent) => !known.has(agent));
    // Whose connection dropped was here until now: their grace time begins with the drop, not with the beat before it.
    const dropped = [...known].filter((agent) => !agents.includes(agent));
    const everyMs = Math.min(BEAT_EVERY_MS, (graceSeconds * SECOND) / BEATS_PER_GRACE);
    const isDue = performance.now() - beatAt >= everyMs;
    if (!isNew && dropped.length === 0 && !isDue) return;
    const came = await beat(db, [...agents, ...dropped]);
    known = new Set(agents);
    beatAt = performance.now();
    if (came.length > 0) waker.wake('line');
  };
  const loop = startLoop({
    idleMs: LOOK_EVERY_MS,
    onError: (err) => {
      log.warn({ err }, 'presence could not be written down; it tries again');
    },
    async step() {
      await beatAll(await beatProcess(db, id));
      if ((await findGone(db)).length > 0) waker.wake('line');
      return false;
    },
  });
  return {
    nudge: () => loop.nudge(),
    async stop() {
      await loop.stop();
      await endProcess(db, id).catch(() => undefined);
    },
  };
}
