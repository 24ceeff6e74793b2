/** What the intake found out, written set by set. The queues of the sessions are locked by then. */
import { sql } from 'kysely';
import type { ChannelId, CustomerId, MessageId, SessionId } from '#domain/ids.ts';
import { recordChanges } from './changes.ts';
import { keepContacts, type WrittenText } from './customer-contacts.ts';
import type { Trx } from './database.ts';
import { keepEarly, type EarlyComment } from './early-comments.ts';
import type { KnownSession, Tombstone } from './ingest.ts';
import { appendEntries, type NewEntry } from './journal.ts';
import { writePosts, type NewPost } from './posts.ts';
import type { MessageAuthor, StoredAttachment } from './stored.ts';
import { acceptedState } from './sending.ts';

/** Of the last message, in the list. */
export const PREVIEW_LENGTH = 200;

export type NewMessage = {
  id: MessageId;
  sessionId: SessionId;
  channelId: ChannelId;
  seq: number;
  direction: 'in' | 'out';
  author: MessageAuthor;
  mid: string;
  text: string | null;
  attachments: StoredAttachment[];
  occurredAt: Date;
  receivedAt: Date;
  editNo: number;
  removedAt: Date | null;
  /** Of a comment: the top-level one under which it stands. */
  parent: string | null;
  /** Who wrote it is blocked. */
  fromBlocked: boolean;
};

/** What a session's row shows of its newest facts; absent = unchanged. */
export type SessionTouch = {
  sessionId: SessionId;
  lastMessageAt?: Date;
  preview?: string | null;
  previewBy?: 'customer' | 'page';
  lastCustomerAt?: Date;
  windowFrom?: Date;
  deliveredUpTo?: Date;
  seenUpTo?: Date;
};

export type Findings = {
  messages: NewMessage[];
  entries: NewEntry[];
  /** Our own messages that the platform confirmed by an echo. */
  accepted: { messageId: MessageId; mid: string; occurredAt: Date }[];
  edits: { messageId: MessageId; sessionId: SessionId; text: string | null; editNo: number }[];
  removals: { messageId: MessageId; sessionId: SessionId }[];
  tombstones: Tombstone[];
  /** The page's own replies to what has not come yet. */
  early: EarlyComment[];
  posts: NewPost[];
  touches: SessionTouch[];
  items: NewItem[];
};

export type NewItem = {
  deliveryId: number;
  index: number;
  state: 'done' | 'ignored' | 'parked';
  name: string | null;
  error: string | null;
  customerId: CustomerId | null;
};

export async function writeFindings(
  trx: Trx,
  findings: Findings,
  sessions: ReadonlyMap<SessionId, KnownSession>,
): Promise<void> {
  await insertMessages(trx, findings.messages);
  await touchSessions(trx, findings.touches);
  for (const accepted of findings.accepted) await acceptMessage(trx, accepted);
  for (const edit of findings.edits) await editMessage(trx, edit);
  await removeMessages(trx, findings.removals);
  await keepContacts(trx, wordsIn(findings));
  await refreshPreviews(trx, [...findings.edits, ...findings.removals]);
  await raiseReceipts(trx, findings);
  await buryTombstones(trx, findings.tombstones);
  await keepEarly(trx, findings);
  await writePosts(trx, findings.posts);
  await appendEntries(trx, findings.entries);
  await tellBrowsers(trx, findings, sessions);
  await writeItems(trx, findings.items);
}

/** What came in, and what was edited, whoever wrote that. */
function wordsIn({ messages, edits }: Findings): WrittenText[] {
  const received = messages.filter(({ direction }) => direction === 'in');
  return [...received.map(({ id, text }) => ({ messageId: id, text })), ...edits];
}

async function insertMessages(trx: Trx, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return;
  await sql`
    insert into message (id, session_id, channel_id, seq, direction, author, mid, text, attachments,
      occurred_at, received_at, state, edit_no, removed_at, parent, from_blocked)
    select m.id, m."sessionId", m."channelId", m.seq, m.direction, m.author, m.mid, m.text, m.attachments,
      m."occurredAt", m."receivedAt", case m.direction when 'in' then 'received' else 'sent' end, m."editNo", m."removedAt", m.parent,
      m."fromBlocked"
    from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) as m(id text, "sessionId" text, "channelId" text,
      seq bigint, direction text, author text, mid text, text text, attachments jsonb, "occurredAt" timestamptz,
      "receivedAt" timestamptz, "editNo" int, "removedAt" timestamptz, parent text, "fromBlocked" boolean)
  `.execute(trx);
}

async function touchSessions(trx: Trx, touches: readonly SessionTouch[]): Promise<void> {
  if (touches.length === 0) return;
  // Times only move forward, so that what comes late or twice changes nothing.
  await sql`
    update session s set
      last_message_at = greatest(s.last_message_at, t."lastMessageAt"),
      preview = case when t."lastMessageAt" is null then s.preview else t.preview end,
      preview_by = coalesce(t."previewBy", s.preview_by),
      last_customer_at = greatest(s.last_customer_at, t."lastCustomerAt"),
      window_from = greatest(s.window_from, t."windowFrom"),
      delivered_up_to = greatest(s.delivered_up_to, t."deliveredUpTo"),
      seen_up_to = greatest(s.seen_up_to, t."seenUpTo")
    from jsonb_to_recordset(${JSON.stringify(touches)}::jsonb) as t("sessionId" text, "lastMessageAt" timestamptz,
      preview text, "previewBy" text, "lastCustomerAt" timestamptz, "windowFrom" timestamptz,
      "deliveredUpTo" timestamptz, "seenUpTo" timestamptz)
    where s.id = t."sessionId"
  `.execute(trx);
}

async function acceptMessage(
  trx: Trx,
  { messageId, mid, occurredAt }: Findings['accepted'][number],
): Promise<void> {
  await trx
    .updateTable('message')
    .set({ mid, occurred_at: occurredAt, failure: null, state: acceptedState(occurredAt) })
    .where('id', '=', messageId)
    .execute();
}

async function editMessage(trx: Trx, edit: Findings['edits'][number]): Promise<void> {
  await trx
    .updateTable('message')
    .set({ text: edit.text, edit_no: edit.editNo })
    .where('id', '=', edit.messageId)
    .where('edit_no', '<', edit.editNo)
    .execute();
}

/** What was taken back is not kept. */
async function removeMessages(trx: Trx, removals: Findings['removals']): Promise<void> {
  if (removals.length === 0) return;
  const ids = removals.map(({ messageId }) => messageId);
  await trx
    .updateTable('message')
    .set({ removed_at: sql<Date>`clock_timestamp()`, text: null, attachments: '[]' })
    .where('id', '=', sql<MessageId>`any(${ids})`)
    .execute();
}

/** After an edit or a removal the list shows the newest message that still stands. */
async function refreshPreviews(
  trx: Trx,
  changed: readonly { sessionId: SessionId }[],
): Promise<void> {
  if (changed.length === 0) return;
  const ids = [...new Set(changed.map(({ sessionId }) => sessionId))];
  await sql`
    update session s set preview = left(m.text, ${PREVIEW_LENGTH}),
      preview_by = case m.direction when 'in' then 'customer' when 'out' then 'page' else s.preview_by end
    from unnest(${ids}::text[]) as w(id) left join lateral (
      select text, direction from message
      where session_id = w.id and removed_at is null and state <> 'cancelled' and direction <> 'note'
        and not from_blocked
      order by seq desc, id desc limit 1
    ) m on true
    where s.id = w.id
  `.execute(trx);
}

/** Delivered and seen, by Meta's watermarks; a message never goes back from seen to delivered. */
async function raiseReceipts(trx: Trx, { touches, messages }: Findings): Promise<void> {
  const raised = touches.filter(
    (touch) => touch.deliveredUpTo !== undefined || touch.seenUpTo !== undefined,
  );
  // A watermark may have come before the message that it is about.
  const sent = messages.filter((message) => message.direction === 'out');
  const ids = [...new Set([...raised, ...sent].map(({ sessionId }) => sessionId))];
  if (ids.length === 0) return;
  await sql`
    update message m set state = case when m.occurred_at <= s.seen_up_to then 'seen' else 'delivered' end
    from session s
    where s.id = any(${ids}) and m.session_id = s.id and m.direction = 'out'
      and ((m.state in ('sent', 'delivered') and m.occurred_at <= s.seen_up_to)
        or (m.state = 'sent' and m.occurred_at <= s.delivered_up_to))
  `.execute(trx);
}

async function buryTombstones(trx: Trx, tombstones: readonly Tombstone[]): Promise<void> {
  for (const { channelId, mid, removed, text, editNo } of tombstones)
    await sql`
      insert into tombstone (channel_id, mid, removed, text, edit_no)
      values (${channelId}, ${mid}, ${removed}, ${text}, ${editNo})
      on conflict (channel_id, mid) do update set
        removed = tombstone.removed or excluded.removed,
        text = case when excluded.edit_no > tombstone.edit_no then excluded.text else tombstone.text end,
        edit_no = greatest(tombstone.edit_no, excluded.edit_no)
    `.execute(trx);
}

async function tellBrowsers(
  trx: Trx,
  findings: Findings,
  sessions: ReadonlyMap<SessionId, KnownSession>,
): Promise<void> {
  const { touches, entries, edits, removals } = findings;
  const touched = new Set(
    [...touches, ...entries, ...edits, ...removals].map(({ sessionId }) => sessionId),
  );
  const changes = [...touched].flatMap((sessionId) => {
    const session = sessions.get(sessionId);
    if (session === undefined) return [];
    const { channelId: channel, assignee, supporters } = session;
    const audience = { channel, assignee, supporters };
    const about = { sessionId, subjectId: null, agentId: null, before: audience, after: audience };
    return [
      { ...about, topic: 'message' as const },
      { ...about, topic: 'session' as const },
    ];
  });
  await recordChanges(trx, changes);
}

export async function writeItems(trx: Trx, items: readonly NewItem[]): Promise<void> {
  if (items.length === 0) return;
  await sql`
    insert into delivery_item (delivery_id, index, state, name, error, customer_id)
    select i."deliveryId", i.index, i.state, i.name, i.error, i."customerId"
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as i("deliveryId" bigint, index int, state text,
      name text, error text, "customerId" text)
    on conflict (delivery_id, index) do update set state = excluded.state, name = excluded.name,
      error = excluded.error, customer_id = excluded.customer_id
  `.execute(trx);
}
