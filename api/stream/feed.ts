import type { Logger } from 'pino';
import { changesAfter, endOfFeed, type Change, type FeedPlace } from '#db/change-feed.ts';
import type { Db } from '#db/database.ts';
import { startLoop } from '../loop.ts';

/** The change feed as this process reads it: once, for all browsers that are connected to it. */
export type Feed = {
  /** How far it has been read and handed out. */
  place(): FeedPlace;
  nudge(): void;
  close(): Promise<void>;
};

const LOOK_EVERY_MS = 100;
const BATCH = 1_000;

/** @param onChange gets every change in order, from now on */
export async function startFeed(
  { db, log }: { db: Db; log: Logger },
  onChange: (change: Change) => void,
): Promise<Feed> {
  let place = await endOfFeed(db);
  const loop = startLoop({
    idleMs: LOOK_EVERY_MS,
    maxErrorMs: 1_000,
    onError: (err) => log.warn({ err }, 'cannot read the change feed'),
    async step() {
      const changes = await changesAfter(db, place, BATCH);
      for (const change of changes) {
        place = { xid: change.xid, id: change.id };
        onChange(change);
      }
      return changes.length === BATCH;
    },
  });
  return { place: () => place, nudge: loop.nudge, close: loop.stop };
}
