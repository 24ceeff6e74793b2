/** Reads and writes of the intake, set by set: a batch of a hundred deliveries costs a dozen statements. */
import { sql } from 'kysely';
import type {
  AgentId,
  ChannelId,
  CustomerId,
  MessageId,
  SessionId,
  SessionKind,
} from '#domain/ids.ts';
import type { Db, Trx } from './database.ts';
import { lockQueues } from './journal.ts';
import type { MessageAuthor, MessageState } from './stored.ts';

export type KnownSession = {
  id: SessionId;
  channelId: ChannelId;
  kind: SessionKind;
  /** Of comments: the post under which they stand. */
  post: string;
  customerId: CustomerId;
  externalId: string;
  assignee: AgentId | null;
  supporters: AgentId[];
  lastSeq: number;
  /** The customer's newest message, by the time at Meta. */
  lastCustomerAt: Date | null;
  /** The customer is blocked: what they write is shown, and nothing more. */
  blocked: boolean;
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
  occurredAt: Date;
  editNo: number;
  removed: boolean;
  /** It has no place of its own in the journal: who wrote it was blocked. */
  fromBlocked: boolean;
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

/** With one customer: in private, or in comments under one post. */
export type Conversation = {
  channelId: ChannelId;
  kind: SessionKind;
  /** Empty for private messages. */
  post: string;
  externalId: string;
};

/** The sessions of these conversations and those named by id, their queues locked for this transaction. */
export async function lockSessions(
  trx: Trx,
  conversations: readonly Conversation[],
  ids: readonly SessionId[],
): Promise<KnownSession[]> {
  if (conversations.length === 0 && ids.length === 0) return [];
  const { rows } = await sql<Omit<KnownSession, 'lastSeq'>>`
    with wanted as (
      select s.id, w."externalId" as external_id
      from jsonb_to_recordset(${JSON.stringify(conversations)}::jsonb)
        as w("channelId" text, kind text, post text, "externalId" text)
      join customer_identity i on i.channel_id = w."channelId" and i.external_id = w."externalId"
      join session s on s.customer_id = i.customer_id and s.channel_id = i.channel_id
        and s.kind = w.kind and s.post_id = w.post
    ), named as (
      select s.id, (select i.external_id from customer_identity i
        where i.customer_id = s.customer_id and i.channel_id = s.channel_id limit 1) as external_id
      from session s where s.id = any(${[...ids]}::text[]) and s.id not in (select id from wanted)
    )
    select s.id, s.channel_id as "channelId", s.kind, s.post_id as post, s.customer_id as "customerId",
      w.external_id as "externalId", s.assignee_id as assignee, s.supporters,
      s.last_customer_at as "lastCustomerAt",
      c.blocked_at is not null as blocked
    from (select * from wanted union all select * from named) w join session s on s.id = w.id
    join customer c on c.id = s.customer_id
  `.execute(trx);
  const places = await lockQueues(
    trx,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ ...row, lastSeq: places.get(row.id)?.lastSeq ?? 0 }));
}

export const knownColumns = sql`
  m.id, m.session_id as "sessionId", m.channel_id as "channelId", m.mid, m.seq, m.direction, m.author, m.state,
  m.occurred_at as "occurredAt", m.edit_no as "editNo", m.removed_at is not null as removed,
  m.from_blocked as "fromBlocked"`;

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
    select ${knownColumns} from wanted join message m on m.id = wanted.id
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
