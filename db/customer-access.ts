/** Who may see and change what is known of a customer (R23, R62). */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import { accessToCustomer } from '#domain/customer-permission.ts';
import type { AgentId, ChannelId, CustomerId } from '#domain/ids.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { accessOf } from './visibility.ts';

/** A customer of one channel, whom the viewer may see. */
export type SeenCustomer = { id: CustomerId; channel: ChannelId; access: 'view' | 'act' };

/** A customer with those who are the same person on other channels, as far as the viewer may see them. */
export type SeenPerson = SeenCustomer & {
  /** Where the person's stage, lead source and owner are kept; whether the viewer sees that customer or not. */
  root: CustomerId;
  /** All of the person that is seen, this customer first. */
  identities: SeenCustomer[];
};

type Found = {
  id: CustomerId;
  root: CustomerId;
  channel: ChannelId;
  sessions: { assignee: AgentId | null; supporters: AgentId[] }[];
};

/** @throws Problem NOT_FOUND when the customer may not be seen, even if somebody they were joined with may */
export async function mustSee(db: Db, person: Person, id: CustomerId): Promise<SeenPerson> {
  const { rows } = await sql<Found>`
    with person as (select coalesce(merged_into, id) as root from customer where id = ${id})
    select c.id, person.root, c.channel_id as channel, coalesce(held.sessions, '[]') as sessions
    from person join customer c on c.id = person.root or c.merged_into = person.root
    left join lateral (
      select jsonb_agg(distinct jsonb_build_object(
        'assignee', session.assignee_id, 'supporters', to_jsonb(session.supporters))) as sessions
      from session where session.customer_id = c.id
    ) held on true
    order by c.id <> ${id}, c.id
  `.execute(db);
  const identities = rows.flatMap((row) => seen(person, row));
  const [first] = identities;
  const [row] = rows;
  if (first === undefined || row === undefined || first.id !== id) throw new Problem('NOT_FOUND');
  return { ...first, root: row.root, identities };
}

/** @throws Problem NOT_FOUND where one may not see, FORBIDDEN where one may see but not change */
export async function mustChange(db: Db, person: Person, id: CustomerId): Promise<SeenPerson> {
  const customer = await mustSee(db, person, id);
  if (customer.access !== 'act') throw new Problem('FORBIDDEN');
  return customer;
}

/** Of a person, the customers that the viewer may change. */
export function changeable({ identities }: SeenPerson): CustomerId[] {
  return identities.filter(({ access }) => access === 'act').map(({ id }) => id);
}

export function idsOf({ identities }: SeenPerson): CustomerId[] {
  return identities.map(({ id }) => id);
}

function seen(person: Person, { id, channel, sessions }: Found): SeenCustomer[] {
  const access = accessToCustomer(sessions, ({ assignee, supporters }) =>
    accessOf(person, { channel, assignee, supporters: [...supporters] }),
  );
  return access === 'none' ? [] : [{ id, channel, access }];
}
