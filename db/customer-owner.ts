/** The employee responsible for a customer: kept at the person's root, with its history. */
import { sql } from 'kysely';
import type { AgentId, CustomerId, SessionId } from '#domain/ids.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';

/** Who is responsible for a customer; null = nobody. */
export async function readOwner(db: Db, customerId: CustomerId): Promise<AgentId | null> {
  const { rows } = await sql<{ owner: AgentId | null }>`
    select root.owner_id as owner from customer c
    join customer root on root.id = coalesce(c.merged_into, c.id)
    where c.id = ${customerId}
  `.execute(db);
  return rows[0]?.owner ?? null;
}

export type OwnerByAssignment = {
  owner: AgentId | null;
  /** Who assigned; null = the rules. */
  by: AgentId | null;
  session: SessionId;
  /** Its number in the session. */
  assignment: number;
};

/** R11: an assignment makes the assignee the customer's owner; a repetition changes nothing. */
export async function setOwner(
  trx: Trx,
  customer: CustomerId,
  { owner, by, ...assigned }: OwnerByAssignment,
): Promise<void> {
  await changeOwner(trx, { customer, owner, by, how: { ...assigned, how: 'assignment' } });
}

export type OwnerChange = {
  customer: CustomerId;
  owner: AgentId | null;
  by: AgentId | null;
  /** Of an assignment also which one: its session's history tells of the change too (R22). */
  how: { how: 'assignment'; session: SessionId; assignment: number } | { how: 'by hand' };
};

/** @returns whether it was somebody else, or nobody, before */
export async function changeOwner(
  trx: Trx,
  { customer, owner, by, how }: OwnerChange,
): Promise<boolean> {
  // The row is locked before it is compared, so that of two changes each tells what it really replaced.
  const { numAffectedRows } = await sql`
    with before as (
      select root.id, root.owner_id from customer root
      where root.id = (select coalesce(merged_into, id) from customer where id = ${customer})
      for no key update
    ), changed as (
      update customer set owner_id = ${owner}::text from before
      where customer.id = before.id and before.owner_id is distinct from ${owner}::text
      returning before.owner_id as owner_before
    )
    insert into customer_event (id, customer_id, agent_id, type, detail)
    select ${newId()}, ${customer}, ${by}::text, 'owner_changed',
      jsonb_build_object('from', owner_before, 'to', ${owner}::text) || ${JSON.stringify(how)}::jsonb
    from changed
  `.execute(trx);
  return numAffectedRows === 1n;
}
