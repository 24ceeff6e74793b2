import { sql } from 'kysely';
import type { ChannelId, MessageId, SessionId } from '#domain/ids.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Trx } from './database.ts';
import type { MessageState } from './stored.ts';

/** Which states a message may come from when an event says what became of it: what was delivered stays delivered. */
const MOVES: Partial<
  Record<SessionEvent['type'], { to: MessageState; from: readonly MessageState[] }>
> = {
  ReplyQueued: { to: 'queued', from: ['failed', 'unconfirmed'] },
  SendRequeued: { to: 'queued', from: ['sending'] },
  SendAccepted: { to: 'sent', from: ['queued', 'sending', 'failed', 'unconfirmed'] },
  SendFailed: { to: 'failed', from: ['queued', 'sending'] },
  SendUnconfirmed: { to: 'unconfirmed', from: ['queued', 'sending'] },
  SendWithdrawn: { to: 'cancelled', from: ['queued'] },
};

/** Applies what a turn's events mean for its outgoing messages. @returns the messages that changed */
export async function applySendEvents(
  trx: Trx,
  events: readonly SessionEvent[],
): Promise<MessageId[]> {
  const changed: MessageId[] = [];
  for (const event of events) {
    if (!('messageId' in event) || event.type === 'MessageReceived') continue;
    if (event.type === 'AttemptRecorded') await recordAttempt(trx, event);
    const move = MOVES[event.type];
    if (move === undefined) continue;
    const failure = event.type === 'SendFailed' ? event.reason : null;
    const { numUpdatedRows } = await trx
      .updateTable('message')
      .set({ state: move.to, failure })
      .where('id', '=', event.messageId)
      .where('state', 'in', move.from)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) changed.push(event.messageId);
  }
  return changed;
}

async function recordAttempt(
  trx: Trx,
  event: SessionEvent & { type: 'AttemptRecorded' },
): Promise<void> {
  await trx
    .insertInto('send_attempt')
    .values({ message_id: event.messageId, attempt: event.attempt })
    .execute();
}

/** Writes the closing text as a message of the system, from the settings as they are now (R43). */
export async function insertClosingText(
  trx: Trx,
  message: { id: MessageId; sessionId: SessionId; channelId: ChannelId; seq: number },
): Promise<void> {
  await sql`
    insert into message (id, session_id, channel_id, seq, direction, author, text, occurred_at, received_at, state)
    select ${message.id}, ${message.sessionId}, ${message.channelId}, ${message.seq}, 'out', 'system',
      clocks->'autoClose'->>'text', clock_timestamp(), clock_timestamp(), 'queued'
    from workspace
  `.execute(trx);
}

/** A refused reply never goes out; its text goes back to the composer. */
export async function cancelRefused(trx: Trx, messageIds: readonly MessageId[]): Promise<void> {
  if (messageIds.length === 0) return;
  await trx
    .updateTable('message')
    .set({ state: 'cancelled' })
    .where('id', 'in', [...messageIds])
    .where('state', '=', 'queued')
    .execute();
}

/** Whether a closing text is configured; an empty one means: close silently. */
export async function hasClosingText(trx: Trx): Promise<boolean> {
  const row = await trx.selectFrom('workspace').select('clocks').executeTakeFirst();
  return (row?.clocks.autoClose.text.trim() ?? '') !== '';
}
