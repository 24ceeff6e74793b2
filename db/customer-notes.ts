/** What the team writes down about customers. */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { CustomerNote } from '#contracts/customer.ts';
import type { AgentId, CustomerId } from '#domain/ids.ts';
import { idsOf, mustChange, mustSee, type SeenPerson } from './customer-access.ts';
import { recordCustomerEvents, tellOfCustomers } from './customer-events.ts';
import type { Db } from './database.ts';
import { newId } from './ids.ts';
import type { Person } from './people.ts';

const MOST = 200;

type Found = {
  id: string;
  text: string;
  agent_id: AgentId;
  agent_name: string;
  created_at: Date;
};

/** The newest notes on a person's identities. */
export async function readNotes(
  db: Db,
  person: Person,
  customer: SeenPerson,
): Promise<CustomerNote[]> {
  const { rows } = await sql<Found>`
    select note.id, note.text, note.agent_id, agent.name as agent_name, note.created_at
    from customer_note note join agent on agent.id = note.agent_id
    where note.customer_id = any(${idsOf(customer)}::text[]) and note.removed_at is null
    order by note.created_at desc, note.id desc limit ${MOST}
  `.execute(db);
  return rows.map(({ id, text, agent_id, agent_name, created_at }) => ({
    id,
    agent: { id: agent_id, name: agent_name },
    text,
    at: created_at,
    removable: customer.access === 'act' && mayRemove(person, agent_id),
  }));
}

/** @throws Problem NOT_FOUND, FORBIDDEN */
export function addCustomerNote(
  db: Db,
  person: Person,
  { id, text }: { id: CustomerId; text: string },
): Promise<CustomerNote> {
  return db.transaction().execute(async (trx) => {
    await mustChange(trx, person, id);
    const { agent, name } = person;
    const note = await trx
      .insertInto('customer_note')
      .values({ id: newId<string>(), customer_id: id, agent_id: agent, text })
      .returning(['id', 'created_at'])
      .executeTakeFirstOrThrow();
    await recordCustomerEvents(trx, agent, [{ customer: id, type: 'note_added' }]);
    await tellOfCustomers(trx, [id]);
    const at = note.created_at;
    return { id: note.id, agent: { id: agent, name }, text, at, removable: true };
  });
}

/** Takes a note away; one that is gone stays gone. @throws Problem NOT_FOUND, FORBIDDEN, NOT_YOURS */
export async function removeCustomerNote(
  db: Db,
  person: Person,
  { id, note }: { id: CustomerId; note: string },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const seen = await mustSee(trx, person, id);
    const found = await trx
      .selectFrom('customer_note')
      .select(['customer_id', 'agent_id', 'removed_at'])
      .where('id', '=', note)
      .forUpdate()
      .executeTakeFirst();
    if (found === undefined) throw new Problem('NOT_FOUND');
    const { customer_id: customer, agent_id: author, removed_at } = found;
    const identity = seen.identities.find((one) => one.id === customer);
    if (identity === undefined) throw new Problem('NOT_FOUND');
    if (identity.access !== 'act') throw new Problem('FORBIDDEN');
    if (!mayRemove(person, author)) throw new Problem('NOT_YOURS');
    if (removed_at !== null) return;
    await trx
      .updateTable('customer_note')
      // What was taken away is not kept.
      .set({ removed_at: sql<Date>`clock_timestamp()`, text: '' })
      .where('id', '=', note)
      .execute();
    await recordCustomerEvents(trx, person.agent, [{ customer, type: 'note_removed' }]);
    await tellOfCustomers(trx, [customer]);
  });
}

function mayRemove({ agent, role }: Person, author: AgentId): boolean {
  return agent === author || role !== 'staff';
}
