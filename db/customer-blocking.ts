/** Customers who are blocked as spam: what they write is shown, and nothing more (R62). */
import { sql } from 'kysely';
import type { CustomerId, SessionId } from '#domain/ids.ts';
import { changeable, mustChange } from './customer-access.ts';
import { recordCustomerEvents, tellOfCustomers } from './customer-events.ts';
import type { Db, Trx } from './database.ts';
import type { Person } from './people.ts';
import type { Audience } from './stored.ts';
import { accessOf } from './visibility.ts';

/** A session with somebody who is blocked by now, that is still open or about to open. */
export type OpenWithBlocked = {
  id: SessionId;
  customer: CustomerId;
  blockedAt: Date;
  /** The newest that they wrote before they were blocked. */
  newestSeq: number;
};

/**
 * Blocks a person on every channel on which the agent may act on them.
 * @returns the sessions that are open, or about to open with what is in their journal already, and that the agent may
 * mark as done @throws Problem NOT_FOUND, FORBIDDEN
 */
export function blockCustomer(db: Db, person: Person, id: CustomerId): Promise<OpenWithBlocked[]> {
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

/** Who was blocked before may have been unblocked by somebody else just now: with them nothing is asked. */
async function openSessions(
  trx: Trx,
  person: Person,
  ids: CustomerId[],
): Promise<OpenWithBlocked[]> {
  const { rows } = await sql<OpenWithBlocked & { audience: Audience }>`
    select session.id, customer.id as customer, customer.blocked_at as "blockedAt",
      jsonb_build_object('channel', session.channel_id, 'assignee', session.assignee_id,
        'supporters', to_jsonb(session.supporters)) as audience,
      coalesce((select max(seq) from message
        where session_id = session.id and direction = 'in' and not from_blocked), 0) as "newestSeq"
    from session join customer on customer.id = session.customer_id
    where session.customer_id = any(${ids}::text[])
      and (session.status <> 'done' or session.start_seq > session.applied_seq)
      and customer.blocked_at is not null
    order by session.last_message_at desc, session.id desc
  `.execute(trx);
  return rows
    .filter(({ audience }) => accessOf(person, audience) === 'act')
    .map(({ audience: _audience, ...session }) => session);
}
