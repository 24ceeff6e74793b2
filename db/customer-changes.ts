/** What agents change of a customer: stage, lead source, owner, tags. Each change is in the customer's history. */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { CustomerChange } from '#contracts/customer.ts';
import type { AgentId, CustomerId, TagId } from '#domain/ids.ts';
import { changeable, mustChange, type SeenPerson } from './customer-access.ts';
import { recordCustomerEvents, tellOfCustomers } from './customer-events.ts';
import { changeOwner } from './customer-owner.ts';
import type { Db, Trx } from './database.ts';
import type { Person } from './people.ts';
import { mustBeOfTeam } from './rights.ts';

/** @throws Problem NOT_FOUND, FORBIDDEN, NOT_IN_TEAM */
export async function changeCustomer(
  db: Db,
  person: Person,
  { id, ...change }: CustomerChange & { id: CustomerId },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const seen = await mustChange(trx, person, id);
    const isChanged = await changeRoot(trx, person, { seen, change });
    const isOwnerChanged = await giveTo(trx, person, { seen, owner: change.owner });
    if (isChanged || isOwnerChanged) await tellOfCustomers(trx, [id]);
  });
}

async function changeRoot(
  trx: Trx,
  { agent }: Person,
  { seen, change }: { seen: SeenPerson; change: CustomerChange },
): Promise<boolean> {
  const before = await trx
    .selectFrom('customer')
    .select(['stage', 'lead_source'])
    .where('id', '=', seen.root)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const { stage = before.stage, leadSource = before.lead_source } = change;
  const changes = [
    { type: 'stage_changed', from: before.stage, to: stage },
    { type: 'lead_source_changed', from: before.lead_source, to: leadSource },
  ].filter(({ from, to }) => from !== to);
  if (changes.length === 0) return false;
  await trx
    .updateTable('customer')
    .set({ stage, lead_source: leadSource })
    .where('id', '=', seen.root)
    .execute();
  // Where it was changed, so that who sees no more of the person than that reads it too.
  const customer = seen.id;
  await recordCustomerEvents(
    trx,
    agent,
    changes.map((one) => ({ customer, ...one })),
  );
  return true;
}

async function giveTo(
  trx: Trx,
  { agent }: Person,
  { seen, owner }: { seen: SeenPerson; owner: AgentId | null | undefined },
): Promise<boolean> {
  if (owner === undefined) return false;
  if (owner !== null) await mustBeOfTeam(trx, seen.channel, [owner], () => 'owner');
  return changeOwner(trx, { customer: seen.id, owner, by: agent, how: { how: 'by hand' } });
}

/**
 * Makes these the tags of a person: new ones are kept at the customer that is named, others are taken from all
 * identities that the viewer may change. @throws Problem NOT_FOUND, FORBIDDEN, INVALID for tags that do not exist
 */
export async function setTags(
  db: Db,
  person: Person,
  { id, tags }: { id: CustomerId; tags: readonly TagId[] },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const seen = await mustChange(trx, person, id);
    await mustExist(trx, tags);
    const { rows } = await sql<{ customer: CustomerId; type: string; name: string }>`
      with removed as (
        delete from customer_tag
        where customer_id = any(${changeable(seen)}::text[]) and not tag_id = any(${[...tags]}::text[])
        returning customer_id, tag_id
      ), added as (
        insert into customer_tag (customer_id, tag_id)
        select ${id}, tag_id from unnest(${[...tags]}::text[]) as wanted(tag_id)
        where not exists (
          select from customer_tag had
          where had.tag_id = wanted.tag_id and had.customer_id = any(${changeable(seen)}::text[]))
        on conflict do nothing
        returning customer_id, tag_id
      )
      select customer_id as customer, type, tag.name from (
        select customer_id, tag_id, 'tag_removed' as type from removed
        union all
        select customer_id, tag_id, 'tag_added' from added
      ) changed join tag on tag.id = changed.tag_id
    `.execute(trx);
    const changes = rows.map(({ customer, type, name }) =>
      type === 'tag_added' ? { customer, type, to: name } : { customer, type, from: name },
    );
    await recordCustomerEvents(trx, person.agent, changes);
    if (changes.length > 0) await tellOfCustomers(trx, [id]);
  });
}

async function mustExist(trx: Trx, tags: readonly TagId[]): Promise<void> {
  const known = await trx
    .selectFrom('tag')
    .select('id')
    .where('id', '=', sql<TagId>`any(${[...tags]}::text[])`)
    .forKeyShare()
    .execute();
  if (known.length < new Set(tags).size)
    throw new Problem('INVALID', { field: 'tags', message: 'There is no such tag.' });
}
