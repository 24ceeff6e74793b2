import { sql } from 'kysely';
import { z } from 'zod';
import type { DeliveryQuery, ParkedDelivery } from '#contracts/delivery.ts';
import { Problem } from '#contracts/errors.ts';
import { decodeCursor, pageOf } from './cursor.ts';
import type { Db } from './database.ts';

type Found = {
  id: number;
  received_at: Date;
  error: string | null;
  replayable: boolean;
  items: ParkedDelivery['items'];
};

export type ParkedPage = {
  deliveries: ParkedDelivery[];
  counts: { deliveries: number; items: number };
  cursor: string | null;
};

/** Of a viral delivery's thousand items the first ones say what is wrong. */
const ITEMS_SHOWN = 20;
const place = z.tuple([z.int()]);

/** The deliveries of which something is parked, newest first; never their bodies. */
export async function listParked(db: Db, query: DeliveryQuery): Promise<ParkedPage> {
  const [before] = query.cursor === undefined ? [null] : decodeCursor(query.cursor, place);
  const { rows } = await sql<Found>`
    with parked as (
      (select id from webhook_delivery
        where state = 'parked' and (${before}::bigint is null or id < ${before})
        order by id desc limit ${query.limit + 1})
      union
      (select distinct delivery_id from delivery_item
        where state = 'parked' and (${before}::bigint is null or delivery_id < ${before})
        order by delivery_id desc limit ${query.limit + 1})
    )
    select d.id, d.received_at, d.error, d.body is not null as replayable, coalesce(items.list, '[]') as items
    from parked
    join webhook_delivery d on d.id = parked.id
    left join lateral (
      select jsonb_agg(jsonb_build_object('index', i.index, 'name', i.name, 'error', i.error) order by i.index) as list
      from (select index, name, error from delivery_item
        where delivery_id = d.id and state = 'parked' order by index limit ${ITEMS_SHOWN}) i
    ) items on true
    order by d.id desc
    limit ${query.limit + 1}
  `.execute(db);
  const page = pageOf(rows, query.limit, (last) => [last.id]);
  const deliveries = page.rows.map(({ received_at, ...row }) => ({
    ...row,
    receivedAt: received_at,
  }));
  return { deliveries, counts: await countParked(db), cursor: page.cursor };
}

/** How much is parked: whole deliveries, and single items of others. */
export async function countParked(db: Db): Promise<ParkedPage['counts']> {
  const { rows } = await sql<ParkedPage['counts']>`
    select (select count(*) from webhook_delivery where state = 'parked') as deliveries,
      (select count(*) from delivery_item where state = 'parked') as items
  `.execute(db);
  return rows[0] ?? { deliveries: 0, items: 0 };
}

/**
 * Gives a delivery to the intake once more. What of it was taken in before changes nothing the second time.
 * @throws Problem NOT_FOUND, and NOT_REPLAYABLE when nothing of it is parked or its body was deleted
 */
export function replayDelivery(db: Db, id: number): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const delivery = await trx
      .selectFrom('webhook_delivery')
      .select(['state', sql<boolean>`body is not null`.as('hasBody')])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (delivery === undefined) throw new Problem('NOT_FOUND');
    const { numDeletedRows } = await trx
      .deleteFrom('delivery_item')
      .where('delivery_id', '=', id)
      .where('state', '=', 'parked')
      .executeTakeFirst();
    const isParked = delivery.state === 'parked' || numDeletedRows > 0n;
    if (!isParked || !delivery.hasBody) throw new Problem('NOT_REPLAYABLE');
    await trx
      .updateTable('webhook_delivery')
      .set({ state: 'new', error: null, processed_at: null })
      .where('id', '=', id)
      .execute();
  });
}
