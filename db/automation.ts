/** What the rules do by themselves about what customers write: decided once, in the transaction that takes it in (R16, R66). */
import { sql } from 'kysely';
import {
  decideOnChatMessage,
  decideOnComment,
  type AutomaticAction,
  type ChatAutomation,
  type CommentAutomation,
} from '#domain/automation.ts';
import type { ChannelId, MessageId, SessionId, SessionKind } from '#domain/ids.ts';
import { isOpenAt } from './business-hours.ts';
import type { Trx } from './database.ts';
import { newId } from './ids.ts';
import type { Findings } from './ingest-write.ts';
import type { StoredBusinessHours } from './stored.ts';

/** A customer's new message on a channel where something is automatic, with what the rules ask about it. */
type Found = {
  id: MessageId;
  sessionId: SessionId;
  channelId: ChannelId;
  text: string | null;
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

/** What this batch has decided so far, which the rows that were read do not tell. */
type Decided = { answeredThreads: Set<string>; toldAway: Set<string> };

/**
 * Decides about customers' messages that are new to us, and stores what is to be done. What gets no place in the
 * journal (taken back before it came, from somebody who is blocked) brings about nothing; a repetition neither.
 * To be called once the findings are written.
 */
export async function decideAutomatic(
  trx: Trx,
  { messages, entries }: Pick<Findings, 'messages' | 'entries'>,
): Promise<void> {
  const inJournal = new Set(
    entries.flatMap(({ fact }) => (fact.kind === 'customer_message' ? [fact.messageId] : [])),
  );
  const ids = messages.filter(({ id }) => inJournal.has(id)).map(({ id }) => id);
  if (ids.length === 0) return;
  const decided: Decided = { answeredThreads: new Set(), toldAway: new Set() };
  const rows = (await readFacts(trx, ids)).flatMap((found) => rowsOf(found, decided));
  if (rows.length === 0) return;
  await trx
    .insertInto('automatic_action')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['message_id', 'type']).doNothing())
    .execute();
}

function rowsOf(found: Found, decided: Decided) {
  const actions = found.kind === 'comment' ? onComment(found, decided) : onChat(found, decided);
  return actions.map(({ type, text, trace }, position) => ({
    id: newId<string>(),
    session_id: found.sessionId,
    message_id: found.id,
    type,
    position,
    text,
    trace: JSON.stringify({ ...trace, round: found.round }),
  }));
}

function onComment(found: Found, { answeredThreads }: Decided): AutomaticAction[] {
  const { channelId, root, isReply, postId, platform, text } = found;
  const thread = `${channelId}/${root ?? ''}`;
  const isInPagesThread = found.isInPagesThread || answeredThreads.has(thread);
  const among = isInPagesThread ? 'page' : 'customers';
  const actions = decideOnComment(found.comments, {
    author: 'customer',
    place: isReply ? among : 'post',
    platform,
    postId,
    text: text ?? '',
  });
  if (actions.some(({ type }) => type === 'comment_reply')) answeredThreads.add(thread);
  return actions;
}

function onChat(found: Found, { toldAway }: Decided): AutomaticAction[] {
  const { sessionId, round, hours, timeZone, receivedAt, isFirstEver, startsWait } = found;
  const inRound = `${sessionId}/${round}`;
  const actions = decideOnChatMessage(found.chats, {
    isFirstEver,
    startsWait,
    isOpenNow: isOpenAt(hours, timeZone, receivedAt.getTime()),
    wasToldAway: found.wasToldAway || toldAway.has(inRound),
  });
  if (actions.some(({ type }) => type === 'away')) toldAway.add(inRound);
  return actions;
}

/**
 * The messages about which something may have to be done, in their order. What a session's row says of its round and
 * wait is behind its journal by the entries that are not applied yet: these count as if they were.
 */
async function readFacts(trx: Trx, ids: readonly MessageId[]): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select m.id, m.session_id as "sessionId", m.channel_id as "channelId", m.text, m.received_at as "receivedAt",
      s.kind, s.post_id as "postId", belongs.round, coalesce(m.parent, m.mid) as root,
      m.parent is not null as "isReply", ${isInPagesThread} as "isInPagesThread",
      not exists (${earlier}) as "isFirstEver", not exists (${earlier} and ${isWaiting}) as "startsWait",
      exists (select from automatic_action told where told.session_id = s.id and told.type = 'away'
        and (told.trace->>'round')::int = belongs.round) as "wasToldAway",
      c.platform, c.comment_automation as comments, c.chat_automation as chats,
      w.business_hours as hours, w.time_zone as "timeZone"
    from message m
    join session s on s.id = m.session_id
    join channel c on c.id = m.channel_id
    cross join workspace w
    cross join lateral (select s.round + case s.status when 'done' then 1 else 0 end as round) belongs
    where m.id = any(${[...ids]}::text[]) and ${isAutomatic}
    order by m.id
  `.execute(trx);
  return rows;
}

/** Most channels have nothing automatic, and then nothing more is asked. */
const isAutomatic = sql`case s.kind
  when 'comment' then c.comment_automation->'rules' <> '[]'
    or (c.comment_automation->>'hideContacts')::boolean or (c.comment_automation->>'like')::boolean
  else (c.chat_automation->'away'->>'on')::boolean or (c.chat_automation->'firstContact'->>'on')::boolean end`;

const earlier = sql`select from message e
  where e.session_id = m.session_id and e.direction = 'in' and e.seq < m.seq`;

/** Not answered, and its wait was not ended by Done either. */
const isWaiting = sql`e.seq > s.answer_seq and e.removed_at is null and not e.from_blocked
  and (s.waiting_since is not null or e.seq > s.applied_seq)`;

/** Also where the page's automatic answer is only on its way. Of a thread that was begun by nobody we know: perhaps by the page. */
const isInPagesThread = sql`case when m.parent is null then false else
  not exists (select from message root
    where root.channel_id = m.channel_id and root.mid = m.parent and root.direction = 'in')
  or exists (select from message own
    where own.channel_id = m.channel_id and own.parent = m.parent and own.direction = 'out'
      and own.state not in ('failed', 'cancelled'))
  or exists (select from automatic_action answer
    where answer.type = 'comment_reply' and answer.message_id in (
      select id from message where channel_id = m.channel_id and mid = m.parent
      union all
      select id from message where channel_id = m.channel_id and parent = m.parent)) end`;
