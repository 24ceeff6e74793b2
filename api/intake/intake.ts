import { sql } from 'kysely';
import type { Logger } from 'pino';
import { v4 } from 'uuid';
import { UnreadableDelivery } from '#channels/channel.ts';
import { parseDelivery } from '#channels/delivery.ts';
import type { Db, Trx } from '#db/database.ts';
import {
  finishDeliveries,
  nextDeliveries,
  type ReadDelivery,
  type WaitingDelivery,
} from '#db/delivery-queue.ts';
import { writeItems } from '#db/ingest-write.ts';
import { checkIntakeLease, holdIntakeLease, releaseIntakeLease } from '#db/intake-lease.ts';
import { startLoop, type Loop } from '../loop.ts';
import { ingestBatch, type Apps, type Incoming } from './ingest-batch.ts';

export type IntakeDeps = {
  db: Db;
  log: Logger;
  apps: Apps;
  /** Told when sessions have something new in their journal. */
  onJournal: () => void;
};

const BATCH = 100;
/** Deliveries are announced by a nudge; this finds those that other processes stored. */
const IDLE_MS = 50;
/** An intake that stands by looks this often whether the lease has become free. */
const STANDBY_MS = 1_000;

type Parsed = { delivery: WaitingDelivery; items: Incoming[]; error: string | null };

/** Reads deliveries in their order, one intake at a time: this one works while it holds the lease, else it stands by. */
export function startIntake({ db, log, apps, onJournal }: IntakeDeps): Loop {
  const token = v4();
  const loop = startLoop({
    idleMs: IDLE_MS,
    onError: (error) => {
      log.error({ err: error }, 'intake failed; it tries again');
    },
    async step(signal) {
      if (!(await holdIntakeLease(db, token))) {
        await pause(STANDBY_MS, signal);
        return true;
      }
      const deliveries = await nextDeliveries(db, BATCH);
      if (deliveries.length === 0) return false;
      await takeIn(db, token, deliveries.map(parse), apps);
      onJournal();
      return true;
    },
  });
  return {
    nudge: loop.nudge,
    async stop() {
      await loop.stop();
      // A lease that cannot be given back runs out by itself.
      await releaseIntakeLease(db, token).catch(() => undefined);
    },
  };
}

function parse(delivery: WaitingDelivery): Parsed {
  const { id: deliveryId, receivedAt, body } = delivery;
  if (body === null) return { delivery, items: [], error: 'The body has been deleted' };
  try {
    const items = parseDelivery(body, receivedAt.getTime());
    return {
      delivery,
      items: items.map((item) => ({ ...item, deliveryId, receivedAt })),
      error: null,
    };
  } catch (error) {
    if (error instanceof UnreadableDelivery) return { delivery, items: [], error: error.message };
    throw error;
  }
}

/** All at once; if that fails, item by item, so that a bad one is parked alone and holds back nothing. */
async function takeIn(db: Db, token: string, parsed: Parsed[], apps: Apps): Promise<void> {
  try {
    await db.transaction().execute(async (trx) => {
      await checkIntakeLease(trx, token);
      const { parkedItems } = await ingestBatch(
        trx,
        parsed.flatMap(({ items }) => items),
        apps,
      );
      await finishDeliveries(
        trx,
        parsed.map((one) => outcomeOf(one, parkedItems)),
      );
    });
  } catch (error) {
    if (!isDataError(error)) throw error;
    for (const one of parsed) await takeInOneByOne(db, token, one, apps);
  }
}

async function takeInOneByOne(db: Db, token: string, parsed: Parsed, apps: Apps): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await checkIntakeLease(trx, token);
    const parked = new Map<number, number>();
    for (const item of parsed.items) {
      const bad = await takeInItem(trx, item, apps);
      if (bad) parked.set(item.deliveryId, (parked.get(item.deliveryId) ?? 0) + 1);
    }
    await finishDeliveries(trx, [outcomeOf(parsed, parked)]);
  });
}

/** @returns whether the item was parked */
async function takeInItem(trx: Trx, item: Incoming, apps: Apps): Promise<boolean> {
  await sql`savepoint item`.execute(trx);
  try {
    const { parkedItems } = await ingestBatch(trx, [item], apps);
    await sql`release savepoint item`.execute(trx);
    return parkedItems.size > 0;
  } catch (error) {
    if (!isDataError(error)) throw error;
    await sql`rollback to savepoint item`.execute(trx);
    await writeItems(trx, [
      {
        deliveryId: item.deliveryId,
        index: item.index,
        state: 'parked',
        name: null,
        error: `Postgres refused it (${error.code})`,
        customerId: null,
      },
    ]);
    return true;
  }
}

function outcomeOf(parsed: Parsed, parked: ReadonlyMap<number, number>): ReadDelivery {
  const { id } = parsed.delivery;
  const count = parked.get(id) ?? 0;
  const error =
    parsed.error ??
    (count === 0 ? null : `${String(count)} of ${String(parsed.items.length)} items are parked`);
  return { id, error };
}

/** Postgres's class 22 (data), 23 (constraint) and 54 (limit): the item is at fault, and trying again would not help. */
function isDataError(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return false;
  return ['22', '23', '54'].includes(error.code.slice(0, 2));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
