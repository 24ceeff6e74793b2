import { setTimeout as sleep } from 'node:timers/promises';
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

/** A burst is stored twice as fast as by 100 at a time; in quiet times a batch is what has come since the last one. */
const BATCH = 400;
/** Deliveries are announced by a nudge; this finds those that other processes stored. */
const IDLE_MS = 50;
/** An intake that stands by looks this often whether the lease has become free. */
const STANDBY_MS = 250;
/** Well below the lease's length; each transaction checks the lease anyway. */
const RENEW_EVERY_MS = 1_000;
/** Of one transaction. Meta puts up to a thousand into a delivery. */
const MAX_ITEMS = 1_000;

type Parsed = { delivery: WaitingDelivery; items: Incoming[]; error: string | null };

/** Reads deliveries in their order, one intake at a time: this one works while it holds the lease, else it stands by. */
export function startIntake({ db, log, apps, onJournal }: IntakeDeps): Loop {
  const token = v4();
  let heldAt = -Infinity;
  const hold = async (): Promise<boolean> => {
    if (performance.now() - heldAt < RENEW_EVERY_MS) return true;
    const now = performance.now();
    const holds = await holdIntakeLease(db, token);
    heldAt = holds ? now : -Infinity;
    return holds;
  };
  const loop = startLoop({
    idleMs: IDLE_MS,
    onError: (error) => {
      heldAt = -Infinity;
      log.error({ err: error }, 'intake failed; it tries again');
    },
    async step(signal) {
      if (!(await hold())) {
        // Being aborted is how the pause ends when the intake stops, not an error.
        await sleep(STANDBY_MS, undefined, { signal }).catch(() => undefined);
        return true;
      }
      const deliveries = await nextDeliveries(db, BATCH);
      if (deliveries.length === 0) return false;
      for (const some of chunks(deliveries.map(parse))) await takeIn(db, token, some, apps);
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
    // A fault of ours. The parser is pure, so it would fail again and hold back all that comes after.
    return { delivery, items: [], error: `The parser failed (${nameOf(error)})` };
  }
}

/** Deliveries in their order, in parts of so many items that one transaction takes them easily. */
function chunks(parsed: readonly Parsed[]): Parsed[][] {
  const all: Parsed[][] = [];
  let room = 0;
  for (const one of parsed) {
    room -= one.items.length;
    const last = all.at(-1);
    if (last !== undefined && room >= 0) last.push(one);
    else {
      all.push([one]);
      room = MAX_ITEMS - one.items.length;
    }
  }
  return all;
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
    if (faultOf(error) === null) throw error;
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
    const fault = faultOf(error);
    if (fault === null) throw error;
    await sql`rollback to savepoint item`.execute(trx);
    await writeItems(trx, [
      {
        deliveryId: item.deliveryId,
        index: item.index,
        state: 'parked',
        name: null,
        error: fault,
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

/**
 * Why the item itself cannot be taken in, so that trying again would not help: Postgres's class 22 (data),
 * 23 (constraint) and 54 (limit), or a fault of ours in reading it. Null for all other trouble.
 */
function faultOf(error: unknown): string | null {
  if (error instanceof TypeError || error instanceof RangeError)
    return `The intake failed (${nameOf(error)})`;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return null;
  return ['22', '23', '54'].includes(error.code.slice(0, 2))
    ? `Postgres refused it (${error.code})`
    : null;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
