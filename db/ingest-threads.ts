/** Threads of comments, as the intake must know them: who takes part, and what of ours has no name yet. */
import { sql } from 'kysely';
import type { ChannelId, SessionId } from '#domain/ids.ts';
import type { Trx } from './database.ts';
import { knownColumns, type KnownMessage } from './ingest.ts';

/** A thread by its top-level comment. */
export type ThreadKey = { channelId: ChannelId; root: string };

export type ThreadCustomer = ThreadKey & {
  sessionId: SessionId;
  externalId: string;
  username: string | null;
  at: Date;
};

/** The customers who commented in these threads, each with their newest comment that still stands. */
export async function customersInThreads(
  trx: Trx,
  threads: readonly ThreadKey[],
): Promise<ThreadCustomer[]> {
  if (threads.length === 0) return [];
  const { rows } = await sql<ThreadCustomer>`
    with comment as (
      select w."channelId", w.root, m.id, m.session_id, m.occurred_at from ${keys(threads)}
      join message m on m.channel_id = w."channelId" and m.mid = w.root
      where m.direction = 'in' and m.removed_at is null
      union all
      select w."channelId", w.root, m.id, m.session_id, m.occurred_at from ${keys(threads)}
      join message m on m.channel_id = w."channelId" and m.parent = w.root
      where m.direction = 'in' and m.removed_at is null
    )
    select c."channelId", c.root, c.session_id as "sessionId", i.external_id as "externalId", i.username,
      max(c.occurred_at) as at
    from comment c
    join session s on s.id = c.session_id
    join customer_identity i on i.customer_id = s.customer_id and i.channel_id = s.channel_id
    group by 1, 2, 3, 4, 5
    order by at, max(c.id)
  `.execute(trx);
  return rows;
}

/** A message of ours that was handed to the platform and whose id there is not known. */
export type NamelessMessage = KnownMessage & { text: string | null; parent: string | null };

const isNameless = sql`m.direction = 'out' and m.author in ('agent', 'system') and m.mid is null
  and m.state in ('sending', 'unconfirmed', 'sent')`;

/** Those in private conversations, or in threads. */
export async function namelessMessages(
  trx: Trx,
  { sessions, threads }: { sessions: readonly SessionId[]; threads: readonly ThreadKey[] },
): Promise<NamelessMessage[]> {
  if (sessions.length === 0 && threads.length === 0) return [];
  const { rows } = await sql<NamelessMessage>`
    select ${knownColumns}, m.text, m.parent from message m
    where m.session_id = any(${[...sessions]}::text[]) and m.parent is null and ${isNameless}
    union all
    select ${knownColumns}, m.text, m.parent from ${keys(threads)}
    join message m on m.channel_id = w."channelId" and m.parent = w.root
    where ${isNameless}
  `.execute(trx);
  return rows;
}

/** The sessions of messages that only their ids name. */
export async function sessionsOfMids(
  trx: Trx,
  mids: readonly { channelId: ChannelId; mid: string }[],
): Promise<SessionId[]> {
  if (mids.length === 0) return [];
  const { rows } = await sql<{ id: SessionId }>`
    select distinct m.session_id as id
    from jsonb_to_recordset(${JSON.stringify(mids)}::jsonb) as w("channelId" text, mid text)
    join message m on m.channel_id = w."channelId" and m.mid = w.mid
  `.execute(trx);
  return rows.map(({ id }) => id);
}

/** The sessions under these posts. */
export async function sessionsUnder(
  trx: Trx,
  posts: readonly { channelId: ChannelId; post: string }[],
): Promise<SessionId[]> {
  if (posts.length === 0) return [];
  const { rows } = await sql<{ id: SessionId }>`
    select s.id from jsonb_to_recordset(${JSON.stringify(posts)}::jsonb) as w("channelId" text, post text)
    join session s on s.channel_id = w."channelId" and s.kind = 'comment' and s.post_id = w.post
  `.execute(trx);
  return rows.map(({ id }) => id);
}

/** What the platform shows of these comment sessions. */
export async function shownComments(
  trx: Trx,
  sessions: readonly SessionId[],
): Promise<KnownMessage[]> {
  if (sessions.length === 0) return [];
  const { rows } = await sql<KnownMessage>`
    select ${knownColumns} from message m
    where m.session_id = any(${[...sessions]}::text[]) and m.mid is not null and m.removed_at is null
  `.execute(trx);
  return rows;
}

function keys(threads: readonly ThreadKey[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(threads)}::jsonb) as w("channelId" text, root text)`;
}
