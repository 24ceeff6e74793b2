import type { Logger } from 'pino';
import type { Db } from '#db/database.ts';
import { tellDeparture } from '#db/departures.ts';
import { examineLines, isStirred } from '#db/line.ts';
import { startLoop, type Loop } from './loop.ts';

const LOOK_EVERY_MS = 1_000;
/** Also without a reason: a wake may have been lost, a capacity changed by hand in the database. */
const SWEEP_EVERY_MS = 5_000;

/**
 * Hands on the sessions of who left, and gives out the waiting line as places become free (R48, R57). Every API may do
 * it; they take turns.
 */
export function startLine(deps: { db: Db; log: Logger; onJournal: () => void }): Loop {
  const { db, log, onJournal } = deps;
  let sweptAt = -Infinity;
  return startLoop({
    idleMs: LOOK_EVERY_MS,
    onError: (err) => {
      log.warn({ err }, 'the waiting line could not be looked through; it tries again');
    },
    async step() {
      const told = await tellDeparture(db);
      if (told) onJournal();
      const isDue = performance.now() - sweptAt > SWEEP_EVERY_MS;
      if (!isDue && !(await isStirred(db))) return told;
      sweptAt = performance.now();
      const { woken, more } = await examineLines(db);
      if (woken > 0) onJournal();
      return told || more;
    },
  });
}
