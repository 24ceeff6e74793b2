import { sql } from 'kysely';
import { z } from 'zod';
import type { CustomerEvent } from '#contracts/customer.ts';
import type { HistoryQuery } from '#contracts/history.ts';
import type { AgentId, CustomerId } from '#domain/ids.ts';
import { idsOf, mustSee, type SeenPerson } from './customer-access.ts';
import { decodeCursor, exactTime, pageOf, placeId } from './cursor.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { agentRefOf } from './session-row.ts';

type Found = {
  id: string;
  customer_id: CustomerId | null;
  at: Date;
  place: string;
  type: CustomerEvent['type'];
  agent_id: AgentId | null;
  agent_name: string | null;
  from: string | null;
  to: string | null;
  how: string | null;
  given: CustomerEvent['given'];
};

const place = z.tuple([exactTime, placeId]);

/** A page of what happened to a person, newest first. @throws Problem NOT_FOUND */
export async function readCustomerHistory(
  db: Db,
  person: Person,
  query: HistoryQuery & { id: CustomerId },
): Promise<{ entries: CustomerEvent[]; cursor: string | null }> {
  const customer = await mustSee(db, person, query.id);
  const [at, id] = query.cursor === undefined ? [null, null] : decodeCursor(query.cursor, place);
  const { rows } = await sql<Found>`
    select e.id, case when ${isSeen(customer)} then e.customer_id end as customer_id, e.at, e.at::text as place, e.type, e.agent_id, agent.name as agent_name,
      ${inWords('from', customer)} as "from", ${inWords('to', customer)} as "to", e.detail->>'how' as how,
      case e.type when 'created' then jsonb_build_object(
        'tag', e.detail->>'tag', 'leadSource', e.detail->>'leadSource') end as given
    from customer c join customer_event e on e.customer_id = c.id left join agent on agent.id = e.agent_id
    where (c.id = ${customer.root} or c.merged_into = ${customer.root})
      and (${isSeen(customer)} or ${isOfPerson})
      and (${at}::timestamptz is null or (e.at, e.id) < (${at}, ${id}))
    order by e.at desc, e.id desc
    limit ${query.limit + 1}
  `.execute(db);
  const page = pageOf(rows, query.limit, (last) => [last.place, last.id]);
  return { entries: page.rows.map(toEvent), cursor: page.cursor };
}

function isSeen(customer: SeenPerson) {
  return sql`e.customer_id = any(${idsOf(customer)}::text[])`;
}

/** What is known of the person as a whole; of somebody who was joined to them, since then. */
const isOfPerson = sql`(e.type in ('stage_changed', 'lead_source_changed', 'owner_changed')
  and (c.merged_into is null or e.at > (
    select max(at) from customer_event joined where joined.customer_id = c.id and joined.type = 'merged')))`;

/** Names for ids; of customers only those that the viewer may see. */
function inWords(end: 'from' | 'to', customer: SeenPerson) {
  return sql`case
    when e.type = 'owner_changed' then (select name from agent where id = e.detail->>${end})
    when e.type in ('merged', 'split') then (
      select name from customer where id = e.detail->>${end} and id = any(${idsOf(customer)}::text[]))
    else e.detail->>${end} end`;
}

function toEvent(row: Found): CustomerEvent {
  const { id, customer_id: customerId, at, type, from, to, how, given } = row;
  return {
    id,
    customerId,
    at,
    type,
    by: agentRefOf(row.agent_id, row.agent_name),
    from,
    to,
    how,
    given,
  };
}
