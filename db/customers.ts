/** What the customer panel shows (R62). What is read of several identities are those that the viewer may see. */
import { sql } from 'kysely';
import type { Customer } from '#contracts/customer.ts';
import type { Tag } from '#contracts/tag.ts';
import type { AgentId, ChannelId, CustomerId, SessionId } from '#domain/ids.ts';
import { idsOf, mustSee, type SeenPerson } from './customer-access.ts';
import { readNotes } from './customer-notes.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { agentRefOf } from './session-row.ts';
import { visibleTo } from './visibility.ts';

const MOST_SESSIONS = 50;
const MOST_CONTACTS = 50;

/** @throws Problem NOT_FOUND when the customer may not be seen */
export async function readCustomer(db: Db, person: Person, id: CustomerId): Promise<Customer> {
  const customer = await mustSee(db, person, id);
  const [identities, known, tags, contacts, sessions, notes] = await Promise.all([
    readIdentities(db, customer),
    readRoot(db, customer.root),
    readTags(db, customer),
    readContacts(db, customer),
    readSessions(db, person, customer),
    readNotes(db, person, customer),
  ]);
  const self = identities.find((identity) => identity.id === id);
  return {
    id,
    name: self?.name ?? null,
    pictureUrl: self?.pictureUrl ?? null,
    access: customer.access,
    ...known,
    tags,
    contacts,
    blocked: self?.blockedAt != null,
    identities,
    sessions,
    notes,
  };
}

type FoundIdentity = {
  id: CustomerId;
  channel_id: ChannelId;
  platform: 'facebook' | 'instagram';
  channel_name: string;
  name: string | null;
  picture_url: string | null;
  blocked_at: Date | null;
  blocked_by: AgentId | null;
  blocker_name: string | null;
};

async function readIdentities(db: Db, customer: SeenPerson): Promise<Customer['identities']> {
  const { rows } = await sql<FoundIdentity>`
    select c.id, c.channel_id, channel.platform, channel.name as channel_name, c.name, c.picture_url,
      c.blocked_at, c.blocked_by, blocker.name as blocker_name
    from customer c
    join channel on channel.id = c.channel_id
    left join agent blocker on blocker.id = c.blocked_by
    where c.id = any(${idsOf(customer)}::text[])
  `.execute(db);
  return customer.identities.flatMap(({ id, access }) => {
    const row = rows.find((one) => one.id === id);
    if (row === undefined) return [];
    const { channel_id, platform, channel_name, name, picture_url, blocked_at } = row;
    return {
      id,
      channel: { id: channel_id, platform, name: channel_name },
      name,
      pictureUrl: picture_url,
      blockedAt: blocked_at,
      blockedBy: agentRefOf(row.blocked_by, row.blocker_name),
      access,
    };
  });
}

type Known = Pick<Customer, 'stage' | 'leadSource' | 'owner'>;

async function readRoot(db: Db, root: CustomerId): Promise<Known> {
  const row = await db
    .selectFrom('customer')
    .leftJoin('agent as owner', 'owner.id', 'customer.owner_id')
    .select(['stage', 'lead_source', 'owner_id', 'owner.name as owner_name'])
    .where('customer.id', '=', root)
    .executeTakeFirstOrThrow();
  return {
    stage: row.stage,
    leadSource: row.lead_source,
    owner: agentRefOf(row.owner_id, row.owner_name),
  };
}

async function readTags(db: Db, customer: SeenPerson): Promise<Tag[]> {
  const { rows } = await sql<Tag>`
    select id, name, color from tag
    where id in (select tag_id from customer_tag where customer_id = any(${idsOf(customer)}::text[]))
    order by lower(name)
  `.execute(db);
  return rows;
}

/** The newest, each once, whichever identity told it first. */
async function readContacts(db: Db, customer: SeenPerson): Promise<Customer['contacts']> {
  const { rows } = await sql<Customer['contacts'][number]>`
    select kind, value, min(found_at) as "foundAt" from customer_contact
    where customer_id = any(${idsOf(customer)}::text[])
    group by kind, value order by "foundAt" desc, kind, value limit ${MOST_CONTACTS}
  `.execute(db);
  return rows;
}

type FoundSession = {
  id: SessionId;
  customer_id: CustomerId;
  channel_id: ChannelId;
  kind: 'message' | 'comment';
  status: 'open' | 'closing' | 'done';
  assignee_id: AgentId | null;
  assignee_name: string | null;
  last_message_at: Date;
  preview: string | null;
};

async function readSessions(
  db: Db,
  person: Person,
  customer: SeenPerson,
): Promise<Customer['sessions']> {
  const { rows } = await sql<FoundSession>`
    select session.id, session.customer_id, session.channel_id, session.kind, session.status,
      session.assignee_id, assignee.name as assignee_name, session.last_message_at, session.preview
    from session left join agent assignee on assignee.id = session.assignee_id
    where session.customer_id = any(${idsOf(customer)}::text[]) and ${visibleTo(person)}
    order by session.last_message_at desc, session.id desc limit ${MOST_SESSIONS}
  `.execute(db);
  return rows.map((row) => ({
    id: row.id,
    customerId: row.customer_id,
    channelId: row.channel_id,
    kind: row.kind,
    status: row.status,
    assignee: agentRefOf(row.assignee_id, row.assignee_name),
    lastMessageAt: row.last_message_at,
    preview: row.preview,
  }));
}
