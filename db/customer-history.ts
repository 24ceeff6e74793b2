import { sql } from 'kysely';
import { z } from 'zod';
import type { CustomerEvent } from '#contracts/customer.ts';
import type { HistoryQuery } from '#contracts/history.ts';
import type { AgentId, CustomerId } from '#domain/ids.ts';
import { idsOf, mustSee, type SeenPerson } from './customer-access.ts';
import { decodeCursor, exactTime, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { agentRefOf } from './session-row.ts';

type Found = {
  id: string;
  customer_id: CustomerId;
  at: Date;
  place: string;
  type: CustomerEvent['type'];
  agent_id: AgentId | null;
  agent_name: string | null;
  from: string | null;
  to: string | null;
  how: string | null;
};

const place = z.tuple([exactTime, z.string()]);

/** A page of what happened to a person, newest first. @throws Problem NOT_FOUND */
export async function readCustomerHistory(
  db: Db,
  person: Person,
  query: HistoryQuery & { id: CustomerId },
): Promise<{ entries: CustomerEvent[]; cursor: string | null }> {
  const customer = await mustSee(db, person, query.id);
  const [at, id] = query.cursor === undefined ? [null, null] : decodeCursor(query.cursor, place);
  const { rows } = await sql<Found>`
    select e.id, e.customer_id, e.at, e.at::text as place, e.type, e.agent_id, agent.name as agent_name,
      ${inWords('from', customer)} as "from", ${inWords('to', customer)} as "to", e.detail->>'how' as how
    from customer_event e left join agent on agent.id = e.agent_id
    where e.customer_id = any(${idsOf(customer)}::text[])
      and (${at}::timestamptz is null or (e.at, e.id) < (${at}, ${id}))
    order by e.at desc, e.id desc
    limit ${query.limit + 1}
  `.execute(db);
  const page = pageOf(rows, query.limit, (last) => [last.place, last.id]);
  return { entries: page.rows.map(toEvent), cursor: page.cursor };
}

/** Names for ids; of customers only those that the viewer may see. */
function inWords(end: 'from' | 'to', customer: SeenPerson) {
  return sql`case
    when e.type = 'owner_changed' then (select name from agent where id = e.detail->>${end})
    when e.type in ('merged', 'split') then (
      select name from customer where id = e.detail->>${end} and id = any(${idsOf(customer)}::text[]))
    else e.detail->>${end} end`;
}

function toEvent(row: Found): CustomerEvent {
  const { id, customer_id: customerId, at, type, from, to, how } = row;
  return {
    id,
    customerId,
    at,
    type,
    by: agentRefOf(row.agent_id, row.agent_name),
    from,
    to,
    how,
  };
}
