/** The same person on several channels: joined by hand, and separated again (R62). */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { CustomerId } from '#domain/ids.ts';
import { mustChange } from './customer-access.ts';
import { recordCustomerEvents, tellOfCustomers } from './customer-events.ts';
import type { Db, Trx } from './database.ts';
import type { Person } from './people.ts';

/**
 * Joins a customer, and whoever they are joined with already, with another. Their own rows stay as they are, so that
 * separating them gives everything back. Who is joined with that person already stays so.
 * @throws Problem NOT_FOUND, FORBIDDEN for either, INVALID with oneself
 */
export async function mergeCustomer(
  db: Db,
  person: Person,
  { id, into }: { id: CustomerId; into: CustomerId },
): Promise<void> {
  if (id === into)
    throw new Problem('INVALID', { field: 'into', message: 'Choose another customer.' });
  await db.transaction().execute(async (trx) => {
    await oneAtATime(trx);
    const from = await mustChange(trx, person, id);
    const target = await mustChange(trx, person, into);
    if (from.root === target.root) return;
    await sql`
      update customer set merged_into = ${target.root}
      where id = ${from.root} or merged_into = ${from.root}
    `.execute(trx);
    const moved = [...new Set([id, from.root])];
    await recordCustomerEvents(
      trx,
      person.agent,
      moved.map((customer) => ({ customer, type: 'merged', to: into })),
    );
    await tellOfCustomers(trx, [id, from.root]);
  });
}

/** Separates a customer from who they were joined with; who was joined with nobody stays so. @throws Problem NOT_FOUND, FORBIDDEN */
export async function splitCustomer(db: Db, person: Person, id: CustomerId): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await oneAtATime(trx);
    const { root } = await mustChange(trx, person, id);
    const left = root === id ? await succeed(trx, id) : root;
    if (left === null) return;
    await trx.updateTable('customer').set({ merged_into: null }).where('id', '=', id).execute();
    await recordCustomerEvents(trx, person.agent, [{ customer: id, type: 'split', from: left }]);
    await tellOfCustomers(trx, [id, left]);
  });
}

/**
 * Of those who were joined to a customer the oldest takes their place: what is known of the person stays known.
 * @returns who that is; null = nobody was joined to them
 */
async function succeed(trx: Trx, root: CustomerId): Promise<CustomerId | null> {
  const { rows } = await sql<{ id: CustomerId }>`
    with heir as (
      select id from customer where merged_into = ${root} order by created_at, id limit 1
    )
    update customer c set merged_into = nullif(heir.id, c.id),
      stage = case c.id when heir.id then root.stage else c.stage end,
      lead_source = case c.id when heir.id then root.lead_source else c.lead_source end,
      owner_id = case c.id when heir.id then root.owner_id else c.owner_id end
    from heir, customer root
    where root.id = ${root} and c.merged_into = ${root}
    returning heir.id
  `.execute(trx);
  return rows[0]?.id ?? null;
}

/** Joining is rare: in turn, so that no two at once make a chain or a ring. */
async function oneAtATime(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('customers are joined'))`.execute(trx);
}
