/** What happened to customers, and who is told of it. */
import { sql } from 'kysely';
import type { AgentId, ChannelId, CustomerId, SessionId } from '#domain/ids.ts';
import { recordChanges } from './changes.ts';
import type { Trx } from './database.ts';
import { newId } from './ids.ts';

export type CustomerChange = {
  customer: CustomerId;
  type: string;
  from?: string | null;
  to?: string | null;
};

/** Writes down what somebody changed of customers, in the transaction that changes it. */
export async function recordCustomerEvents(
  trx: Trx,
  by: AgentId,
  changes: readonly CustomerChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ customer, type, from = null, to = null }) => ({
    id: newId<string>(),
    customer_id: customer,
    agent_id: by,
    type,
    detail: JSON.stringify({ from, to }),
  }));
  await trx.insertInto('customer_event').values(rows).execute();
}

/** Sessions that hear of a change; more of them are open only in front of nobody. */
const MOST_TOLD = 20;

type Told = { id: SessionId; channel: ChannelId; assignee: AgentId | null; supporters: AgentId[] };

/** Tells the browsers that show an open session of these customers, or of who is the same person. */
export async function tellOfCustomers(trx: Trx, customers: readonly CustomerId[]): Promise<void> {
  const { rows } = await sql<Told>`
    with root as (select distinct coalesce(merged_into, id) as id from customer where id = any(${[...customers]}::text[]))
    select session.id, session.channel_id as channel, session.assignee_id as assignee, session.supporters
    from root
    join customer c on c.id = root.id or c.merged_into = root.id
    join session on session.customer_id = c.id and session.status <> 'done'
    order by session.last_message_at desc limit ${MOST_TOLD}
  `.execute(trx);
  await recordChanges(
    trx,
    rows.map(({ id, ...audience }) => ({
      topic: 'session',
      sessionId: id,
      subjectId: null,
      agentId: null,
      before: audience,
      after: audience,
    })),
  );
}
