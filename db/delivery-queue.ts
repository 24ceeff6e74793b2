/** The intake's side of webhook_delivery: what is to be read next, and what became of it. */
import { sql } from 'kysely';
import type { Db, Trx } from './database.ts';

/** Said in the statement itself: a plan that is kept for any value could not use the index of the new ones. */
export const STATE_NEW = sql.lit('new' as const);

export type WaitingDelivery = { id: number; receivedAt: Date; body: Buffer | null };

/** The oldest deliveries that nobody has read yet. The caller holds the intake's lease, so nobody else takes them. */
export async function nextDeliveries(db: Db, limit: number): Promise<WaitingDelivery[]> {
  const rows = await db
    .selectFrom('webhook_delivery')
    .select(['id', 'received_at', 'body'])
    .where('state', '=', STATE_NEW)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ id: row.id, receivedAt: row.received_at, body: row.body }));
}

export type ReadDelivery = { id: number; error: string | null };

/** Deliveries without an error are done; the others are parked: kept, counted, and replayable. */
export async function finishDeliveries(trx: Trx, read: readonly ReadDelivery[]): Promise<void> {
  if (read.length === 0) return;
  await sql`
    update webhook_delivery d
    set state = case when r.error is null then 'done' else 'parked' end, error = r.error,
      processed_at = clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(read)}::jsonb) as r(id bigint, error text)
    where d.id = r.id and d.state = 'new'
  `.execute(trx);
}

/** Forgets the bodies of deliveries that were processed this many days ago; what they brought stays. */
export async function forgetOldBodies(db: Db, days: number): Promise<void> {
  await sql`
    update webhook_delivery set body = null
    where state = 'done' and body is not null and processed_at < now() - ${days} * interval '1 day'
      and received_at < now() - ${days} * interval '1 day'
  `.execute(db);
}
