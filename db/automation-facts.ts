/** What the rules on automatic answers ask about messages (R16, R66). */
import { sql } from 'kysely';
import type { ChatAutomation, CommentAutomation } from '#domain/automation.ts';
import type { ChannelId, MessageId, SessionId, SessionKind } from '#domain/ids.ts';
import type { Trx } from './database.ts';
import type { StoredBusinessHours } from './stored.ts';

/** A customer's new message on a channel where something is automatic, with what the rules ask about it. */
export type NewFound = {
  id: MessageId;
  sessionId: SessionId;
  channelId: ChannelId;
  receivedAt: Date;
  kind: SessionKind;
  postId: string;
  /** To which round it belongs. */
  round: number;
  /** The top-level comment of its thread: itself, or the one under which it stands. */
  root: string | null;
  isReply: boolean;
  /** The page takes part in its thread, or it is not known who began it. */
  isInPagesThread: boolean;
  isFirstEver: boolean;
  startsWait: boolean;
  wasToldAway: boolean;
  platform: 'facebook' | 'instagram';
  comments: CommentAutomation;
  chats: ChatAutomation;
  hours: StoredBusinessHours | null;
  timeZone: string;
};

/**
 * The messages about which something may have to be done, in their order. What a session's row says of its round and
 * wait is behind its journal by the entries that are not applied yet: these count as if they were.
 */
export async function newMessages(trx: Trx, ids: readonly MessageId[]): Promise<NewFound[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<NewFound>`
    select m.id, m.session_id as "sessionId", m.channel_id as "channelId", m.received_at as "receivedAt",
      s.kind, s.post_id as "postId", belongs.round, coalesce(m.parent, m.mid) as root,
      m.parent is not null as "isReply", ${isInPagesThread} as "isInPagesThread",
      not exists (${earlier} and e.removed_at is null) and not exists (${welcome}) as "isFirstEver",
      not exists (${earlier} and ${isWaiting}) as "startsWait",
      exists (select from automatic_action told where told.session_id = s.id and told.type = 'away'
        and told.state not in ('failed', 'skipped') and (told.trace->>'round')::int = belongs.round) as "wasToldAway",
      c.platform, c.comment_automation as comments, c.chat_automation as chats,
      w.business_hours as hours, w.time_zone as "timeZone"
    from message m
    join session s on s.id = m.session_id
    join channel c on c.id = m.channel_id
    cross join workspace w
    cross join lateral (${round}) belongs
    where m.id = any(${[...ids]}::text[]) and m.removed_at is null and ${isAutomatic}
    order by m.id
  `.execute(trx);
  return rows;
}

/** A customer's comment that was edited and still stands. */
export type EditedFound = Pick<NewFound, 'id' | 'sessionId' | 'round' | 'comments'> & {
  /** So much has been decided about it before. */
  decided: number;
};

/** Where an edit may bring about something. Of who is blocked by now nothing is done. */
export async function editedComments(trx: Trx, ids: readonly MessageId[]): Promise<EditedFound[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<EditedFound>`
    select m.id, m.session_id as "sessionId", belongs.round, c.comment_automation as comments,
      (select count(*)::int from automatic_action action where action.message_id = m.id) as decided
    from message m
    join session s on s.id = m.session_id and s.kind = 'comment'
    join customer on customer.id = s.customer_id and customer.blocked_at is null
    join channel c on c.id = m.channel_id
    cross join lateral (${round}) belongs
    where m.id = any(${[...ids]}::text[]) and m.direction = 'in' and m.removed_at is null
      and (c.comment_automation->>'hideContacts')::boolean
  `.execute(trx);
  return rows;
}

/** To which round a session's newest entries belong. */
const round = sql`select s.round + case s.status when 'done' then 1 else 0 end as round`;

/** Most channels have nothing automatic, and then nothing more is asked. */
const isAutomatic = sql`case s.kind
  when 'comment' then c.comment_automation->'rules' <> '[]'
    or (c.comment_automation->>'hideContacts')::boolean or (c.comment_automation->>'like')::boolean
  else (c.chat_automation->'away'->>'on')::boolean or (c.chat_automation->'firstContact'->>'on')::boolean end`;

const earlier = sql`select from message e
  where e.session_id = m.session_id and e.direction = 'in' and e.seq < m.seq`;

const welcome = sql`select from automatic_action welcome
  where welcome.session_id = s.id and welcome.type = 'first_contact' and welcome.state not in ('failed', 'skipped')`;

/** Not answered, and its wait was not ended by Done either. */
const isWaiting = sql`e.seq > s.answer_seq and e.removed_at is null and not e.from_blocked
  and (s.waiting_since is not null or e.seq > s.applied_seq)`;

/**
 * By what was heard of before: ids tell the order. Also where the page's automatic answer is only on its way. Of a
 * thread that was begun by nobody we know: perhaps by the page.
 */
const isInPagesThread = sql`case when m.parent is null then false else
  not exists (select from message root
    where root.channel_id = m.channel_id and root.mid = m.parent and root.direction = 'in' and root.id < m.id)
  or exists (select from message own
    where own.channel_id = m.channel_id and own.parent = m.parent and own.direction = 'out'
      and own.id < m.id and own.state not in ('failed', 'cancelled'))
  or exists (select from automatic_action answer
    where answer.type = 'comment_reply' and answer.state not in ('failed', 'skipped') and answer.message_id in (
      select id from message where channel_id = m.channel_id and mid = m.parent
      union all
      select id from message where channel_id = m.channel_id and parent = m.parent)) end`;
