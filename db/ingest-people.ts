/** Customers and their sessions, made where an event is the first that tells of them. */
import { sql } from 'kysely';
import type { ChannelId } from '#domain/ids.ts';
import type { Trx } from './database.ts';
import { newId } from './ids.ts';
import type { Conversation } from './ingest.ts';

/** What an event tells of a person. */
export type Told = {
  channelId: ChannelId;
  externalId: string;
  name: string | null;
  username: string | null;
  /** The platform hides who it is: there is nobody whose profile could be asked for. */
  isHidden: boolean;
};

/** Makes what is missing of customers and their sessions. A session is born done: the workflow opens it. */
export async function ensureConversations(
  trx: Trx,
  conversations: readonly Conversation[],
  people: readonly Told[],
): Promise<void> {
  if (conversations.length === 0) return;
  await ensureCustomers(trx, people);
  const wanted = conversations.map(({ channelId, kind, post, externalId }) => ({
    channel_id: channelId,
    kind,
    post_id: post,
    external_id: externalId,
    session_id: newId(),
  }));
  await sql`
    with fresh as (
      insert into session (id, channel_id, kind, post_id, customer_id)
      select w.session_id, w.channel_id, w.kind, w.post_id, i.customer_id
      from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
        as w(channel_id text, kind text, post_id text, external_id text, session_id text)
      join customer_identity i using (channel_id, external_id)
      on conflict (channel_id, kind, post_id, customer_id) do nothing
      returning id
    )
    insert into session_queue (session_id) select id from fresh
  `.execute(trx);
}

/** R13, R14: with the tag and the lead source of the channel that first tells of them; never again by itself. */
async function ensureCustomers(trx: Trx, people: readonly Told[]): Promise<void> {
  const wanted = people.map(({ channelId, externalId, name, username, isHidden }) => ({
    channel_id: channelId,
    external_id: externalId,
    customer_id: newId(),
    event_id: newId(),
    name,
    username,
    hidden: isHidden,
  }));
  await sql`
    with fresh as (
      select w.* from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
        as w(channel_id text, external_id text, customer_id text, event_id text, name text, username text,
          hidden boolean)
      where not exists (
        select from customer_identity i
        where i.channel_id = w.channel_id and i.external_id = w.external_id)
    ), customers as (
      insert into customer (id, channel_id, name, profile_due_at, lead_source)
      select fresh.customer_id, fresh.channel_id, fresh.name,
        case when hidden then null else clock_timestamp() end, channel.lead_source
      from fresh join channel on channel.id = fresh.channel_id
    ), tags as (
      insert into customer_tag (customer_id, tag_id)
      select fresh.customer_id, tag.id from fresh
      join channel on channel.id = fresh.channel_id join tag on tag.id = channel.lead_tag_id
    ), events as (
      insert into customer_event (id, customer_id, type, detail)
      select fresh.event_id, fresh.customer_id, 'created',
        jsonb_build_object('leadSource', channel.lead_source, 'tag', tag.name)
      from fresh join channel on channel.id = fresh.channel_id left join tag on tag.id = channel.lead_tag_id
    )
    insert into customer_identity (channel_id, external_id, customer_id, username)
    select channel_id, external_id, customer_id, username from fresh
  `.execute(trx);
}

/** User names that comments tell: the newest counts. */
export async function rememberUsernames(trx: Trx, people: readonly Told[]): Promise<void> {
  const named = people.filter(({ username }) => username !== null);
  if (named.length === 0) return;
  await sql`
    update customer_identity i set username = w.username from ${rowsOf(named)}
    where i.channel_id = w."channelId" and i.external_id = w."externalId"
      and i.username is distinct from w.username
  `.execute(trx);
}

/**
 * Names that comments tell: a profile's name is better and stays. To be called when the sessions are locked: a turn
 * that makes somebody a customer's owner takes the two locks in that order too.
 */
export async function rememberNames(trx: Trx, people: readonly Told[]): Promise<void> {
  const named = people.filter(({ name }) => name !== null);
  if (named.length === 0) return;
  await sql`
    update customer c set name = w.name from ${rowsOf(named)}, customer_identity i
    where i.channel_id = w."channelId" and i.external_id = w."externalId"
      and c.id = i.customer_id and c.name is null
  `.execute(trx);
}

function rowsOf(people: readonly Told[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(people)}::jsonb)
    as w("channelId" text, "externalId" text, name text, username text)`;
}
