/** What the rules do by themselves about what customers write: decided once, in the transaction that takes it in (R16, R66). */
import { sql } from 'kysely';
import {
  decideOnChatMessage,
  decideOnComment,
  decideOnEdit,
  type AutomaticAction,
} from '#domain/automation.ts';
import type { MessageId } from '#domain/ids.ts';
import { editedComments, newMessages, type NewFound } from './automation-facts.ts';
import { isOpenAt } from './business-hours.ts';
import type { Trx } from './database.ts';
import { newId } from './ids.ts';
import type { Findings } from './ingest-write.ts';

/** With the text that it had when it came. */
type Worded = NewFound & { text: string };

/** What this batch has decided so far, which the rows that were read do not tell. */
type Decided = { answeredThreads: Set<string>; toldAway: Set<string> };

/**
 * Decides about what customers wrote that is new to us, and about their edits, and stores what is to be done. What gets
 * no place in the journal (taken back before it came, from somebody who is blocked) brings about nothing; a repetition
 * neither. What was taken back meanwhile no longer gets what was decided. To be called once the findings are written.
 */
export async function decideAutomatic(trx: Trx, findings: Written): Promise<void> {
  await skipRemoved(trx, findings.removals);
  await decideOnNew(trx, findings);
  await decideOnEdits(trx, findings.edits);
}

type Written = Pick<Findings, 'messages' | 'entries' | 'edits' | 'removals'>;

async function decideOnNew(trx: Trx, { messages, entries }: Written): Promise<void> {
  const inJournal = new Set(
    entries.flatMap(({ fact }) => (fact.kind === 'customer_message' ? [fact.messageId] : [])),
  );
  // By the words that came, whatever an edit in the same batch has made of them: as if one came after the other.
  const words = new Map(
    messages.filter(({ id }) => inJournal.has(id)).map(({ id, text }) => [id, text ?? '']),
  );
  const decided: Decided = { answeredThreads: new Set(), toldAway: new Set() };
  const found = await newMessages(trx, [...words.keys()]);
  await store(
    trx,
    found.flatMap((one) => rowsOf({ ...one, text: words.get(one.id) ?? '' }, decided)),
  );
}

/** Each text counts, even where one edit followed another at once. */
async function decideOnEdits(trx: Trx, edits: Findings['edits']): Promise<void> {
  const found = await editedComments(
    trx,
    edits.map(({ messageId }) => messageId),
  );
  const rows = found.flatMap((one) => {
    const texts = edits.filter(({ messageId }) => messageId === one.id).map(({ text }) => text);
    const [first] = texts.map((text) => decideOnEdit(one.comments, text ?? '')).filter(isSomething);
    return (first ?? []).map((action, index) => toRow(one, action, one.decided + index));
  });
  await store(trx, rows);
}

function isSomething(actions: readonly AutomaticAction[]): boolean {
  return actions.length > 0;
}

async function skipRemoved(trx: Trx, removals: Findings['removals']): Promise<void> {
  if (removals.length === 0) return;
  const ids = removals.map(({ messageId }) => messageId);
  await trx
    .updateTable('automatic_action')
    .set({ state: 'skipped', failure: 'removed', ended_at: sql<Date>`clock_timestamp()` })
    .where('message_id', '=', sql<MessageId>`any(${ids})`)
    .where('state', '=', 'decided')
    .execute();
}

async function store(trx: Trx, rows: readonly ActionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx
    .insertInto('automatic_action')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['message_id', 'type']).doNothing())
    .execute();
}

type ActionRow = ReturnType<typeof toRow>;

function toRow(
  { id, sessionId, round }: Pick<NewFound, 'id' | 'sessionId' | 'round'>,
  { type, text, trace }: AutomaticAction,
  position: number,
) {
  return {
    id: newId<string>(),
    session_id: sessionId,
    message_id: id,
    type,
    position,
    text,
    trace: JSON.stringify({ ...trace, round }),
  };
}

function rowsOf(found: Worded, decided: Decided): ActionRow[] {
  const actions = found.kind === 'comment' ? onComment(found, decided) : onChat(found, decided);
  return actions.map((action, position) => toRow(found, action, position));
}

function onComment(found: Worded, { answeredThreads }: Decided): AutomaticAction[] {
  const { channelId, root, isReply, postId, platform, text } = found;
  const thread = `${channelId}/${root ?? ''}`;
  const isInPagesThread = found.isInPagesThread || answeredThreads.has(thread);
  const among = isInPagesThread ? 'page' : 'customers';
  const actions = decideOnComment(found.comments, {
    author: 'customer',
    place: isReply ? among : 'post',
    platform,
    postId,
    text,
  });
  if (actions.some(({ type }) => type === 'comment_reply')) answeredThreads.add(thread);
  return actions;
}

function onChat(found: Worded, { toldAway }: Decided): AutomaticAction[] {
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
