/** Reads and writes of the intake, set by set: a batch of a hundred deliveries costs a dozen statements. */
import { sql } from 'kysely';
import type { AgentId, ChannelId, CustomerId, MessageId, SessionId } from '#domain/ids.ts';
import { newId } from './ids.ts';
import type { Db, Trx } from './database.ts';
import { lockQueues } from './journal.ts';
import type { MessageAuthor, MessageState } from './stored.ts';

export type KnownSession = {
  id: SessionId;
  channelId: ChannelId;
  customerId: CustomerId;
  externalId: string;
  assignee: AgentId | null;
  lastSeq: number;
  /** The customer's newest message, by the time at Meta. */
  lastCustomerAt: Date | null;
};

export type KnownMessage = {
  id: MessageId;
  sessionId: SessionId;
  channelId: ChannelId;
  mid: string | null;
  seq: number;
  direction: 'in' | 'out';
  author: MessageAuthor;
  state: MessageState;
  editNo: number;
  removed: boolean;
};

export type Tombstone = {
  channelId: ChannelId;
  mid: string;
  removed: boolean;
  text: string | null;
  editNo: number;
};

/** Channels by platform and asset. */
export async function channelsByAsset(
  db: Db,
  assets: readonly { platform: string; asset: string }[],
): Promise<Map<string, ChannelId>> {
  if (assets.length === 0) return new Map();
  const rows = await db
    .selectFrom('channel')
    .select(['id', 'platform', 'asset_id'])
    .where('asset_id', '=', sql<string>`any(${[...new Set(assets.map(({ asset }) => asset))]})`)
    .execute();
  return new Map(rows.map((row) => [`${row.platform}/${row.asset_id}`, row.id]));
}

export type Conversation = { channelId: ChannelId; externalId: string };

/** Makes what is missing of customers and their message sessions. A session is born done: the workflow opens it. */
export async function ensureConversations(
  trx: Trx,
  conversations: readonly Conversation[],
): Promise<void> {
  if (conversations.length === 0) return;
  const wanted = JSON.stringify(
    conversations.map(({ channelId, externalId }) => ({
      channel_id: channelId,
      external_id: externalId,
      customer_id: newId(),
      session_id: newId(),
    })),
  );
  await sql`
    with fresh as (
      select w.* from jsonb_to_recordset(${wanted}::jsonb)
        as w(channel_id text, external_id text, customer_id text)
      where not exists (
        select from customer_identity i
        where i.channel_id = w.channel_id and i.external_id = w.external_id)
    ), customers as (
      insert into customer (id, channel_id) select customer_id, channel_id from fresh
    )
    insert into customer_identity (channel_id, external_id, customer_id)
    select channel_id, external_id, customer_id from fresh
  `.execute(trx);
  await sql`
    with fresh as (
      insert into session (id, channel_id, kind, customer_id)
      select w.session_id, w.channel_id, 'message', i.customer_id
      from jsonb_to_recordset(${wanted}::jsonb)
        as w(channel_id text, external_id text, session_id text)
      join customer_identity i using (channel_id, external_id)
      on conflict (channel_id, kind, post_id, customer_id) do nothing
      returning id
    )
    insert into session_queue (session_id) select id from fresh
  `.execute(trx);
}

/** The message sessions of these people as they are known, their queues locked for this transaction. */
export async function lockConversations(
  trx: Trx,
  conversations: readonly Conversation[],
): Promise<KnownSession[]> {
  if (conversations.length === 0) return [];
  const { rows } = await sql<Omit<KnownSession, 'lastSeq'>>`
    select s.id, s.channel_id as "channelId", s.customer_id as "customerId",
      i.external_id as "externalId", s.assignee_id as assignee, s.last_customer_at as "lastCustomerAt"
    from jsonb_to_recordset(${JSON.stringify(conversations)}::jsonb)
      as w("channelId" text, "externalId" text)
    join customer_identity i on i.channel_id = w."channelId" and i.external_id = w."externalId"
    join session s on s.customer_id = i.customer_id and s.channel_id = i.channel_id and s.kind = 'message'
  `.execute(trx);
  const places = await lockQueues(
    trx,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ ...row, lastSeq: places.get(row.id)?.lastSeq ?? 0 }));
}

/** Messages known by the platform's id or by ours. */
export async function knownMessages(
  trx: Trx,
  mids: readonly { channelId: ChannelId; mid: string }[],
  ids: readonly string[],
): Promise<KnownMessage[]> {
  // Two look-ups, each by its own index: one condition with `or` would read the whole table.
  const { rows } = await sql<KnownMessage>`
    with wanted as (
      select m.id from jsonb_to_recordset(${JSON.stringify(mids)}::jsonb) as w("channelId" text, mid text)
      join message m on m.channel_id = w."channelId" and m.mid = w.mid
      union
      select unnest(${[...ids]}::text[])
    )
    select m.id, m.session_id as "sessionId", m.channel_id as "channelId", m.mid, m.seq, m.direction,
      m.author, m.state, m.edit_no as "editNo", m.removed_at is not null as removed
    from wanted join message m on m.id = wanted.id
  `.execute(trx);
  return rows;
}

export async function tombstonesOf(
  trx: Trx,
  mids: readonly { channelId: ChannelId; mid: string }[],
): Promise<Tombstone[]> {
  const { rows } = await sql<Tombstone>`
    select t.channel_id as "channelId", t.mid, t.removed, t.text, t.edit_no as "editNo"
    from jsonb_to_recordset(${JSON.stringify(mids)}::jsonb) as w("channelId" text, mid text)
    join tombstone t on t.channel_id = w."channelId" and t.mid = w.mid
  `.execute(trx);
  return rows;
}
