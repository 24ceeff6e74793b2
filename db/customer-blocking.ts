/** Customers who are blocked as spam: what they write is shown, and nothing more (R62). */
import { sql } from 'kysely';
import type { AgentId, ChannelId, CustomerId, SessionId } from '#domain/ids.ts';
import { changeable, mustChange } from './customer-access.ts';
import { recordCustomerEvents, tellOfCustomers } from './customer-events.ts';
import type { Db, Trx } from './database.ts';
import type { Person } from './people.ts';
import { accessOf } from './visibility.ts';

/**
 * Blocks a person on every channel on which the agent may act on them. Open sessions stay open.
 * @returns the open sessions that the agent may mark as done @throws Problem NOT_FOUND, FORBIDDEN
 */
export function blockCustomer(db: Db, person: Person, id: CustomerId): Promise<SessionId[]> {
  return db.transaction().execute(async (trx) => {
    const ids = changeable(await mustChange(trx, person, id));
    const { rows } = await sql<{ id: CustomerId }>`
      update customer set blocked_at = clock_timestamp(), blocked_by = ${person.agent}
      where id = any(${ids}::text[]) and blocked_at is null returning id
    `.execute(trx);
    await tell(trx, person, { customers: rows, type: 'blocked' });
    return openSessions(trx, person, ids);
  });
}

/** What they write from now on counts again. @throws Problem NOT_FOUND, FORBIDDEN */
export async function unblockCustomer(db: Db, person: Person, id: CustomerId): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const ids = changeable(await mustChange(trx, person, id));
    const { rows } = await sql<{ id: CustomerId }>`
      update customer set blocked_at = null, blocked_by = null
      where id = any(${ids}::text[]) and blocked_at is not null returning id
    `.execute(trx);
    await tell(trx, person, { customers: rows, type: 'unblocked' });
  });
}

async function tell(
  trx: Trx,
  { agent }: Person,
  { customers, type }: { customers: { id: CustomerId }[]; type: string },
): Promise<void> {
  if (customers.length === 0) return;
  const ids = customers.map(({ id }) => id);
  await recordCustomerEvents(
    trx,
    agent,
    ids.map((customer) => ({ customer, type })),
  );
  await tellOfCustomers(trx, ids);
}

type Open = {
  id: SessionId;
  channel: ChannelId;
  assignee: AgentId | null;
  supporters: AgentId[];
};

async function openSessions(trx: Trx, person: Person, ids: CustomerId[]): Promise<SessionId[]> {
  const { rows } = await sql<Open>`
    select id, channel_id as channel, assignee_id as assignee, supporters from session
    where customer_id = any(${ids}::text[]) and status <> 'done'
    order by last_message_at desc, id desc
  `.execute(trx);
  return rows
    .filter(({ id: _id, ...audience }) => accessOf(person, audience) === 'act')
    .map(({ id }) => id);
}
