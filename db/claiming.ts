/** The moment before a call to the platform: who may make it, and with what. */
import { sql } from 'kysely';
import { CLAIM_WITHIN_MS } from '#domain/session/sends.ts';
import type { SendResult } from '#domain/session/entry.ts';
import type { MessageId, SessionId, SessionKind } from '#domain/ids.ts';
import type { Db, Trx } from './database.ts';
import { append, lockQueues } from './journal.ts';
import type { MessageState } from './stored.ts';

export type AttemptKey = { sessionId: SessionId; messageId: MessageId; attempt: number };

/** What is needed to call the platform. The text goes nowhere but there. */
export type Claimed = {
  platform: 'facebook' | 'instagram';
  asset: string;
  tokenCipher: Buffer;
  kind: SessionKind;
  recipient: string;
  /** Of a comment: the one that it answers, and the top-level one under which it will stand. */
  replyTo: string | null;
  parent: string | null;
  text: string;
};

/**
 * Claims an attempt for this caller alone, right before the call. A claimed attempt is never repeated by us.
 * @returns null when it is not (or no longer) to be made: claimed by another, settled, too late, or withdrawn
 */
export function claimAttempt(db: Db, key: AttemptKey): Promise<Claimed | null> {
  return db.transaction().execute(async (trx) => {
    const message = await readAuthor(trx, key.messageId);
    if (message === undefined) return null;
    if (message.author === 'system' && !(await mayStillClose(trx, key.sessionId))) {
      await forgoAttempt(trx, key);
      return null;
    }
    if (!(await moveMessage(trx, key.messageId, 'sending', ['queued']))) return null;
    // Its time until the echo tells Meta's: a watermark from before the call says nothing of this message.
    const { rows } = await sql`
      with claimed as (
        update send_attempt set claimed_at = clock_timestamp()
        where message_id = ${key.messageId} and attempt = ${key.attempt}
          and claimed_at is null and outcome is null
          and recorded_at > clock_timestamp() - ${CLAIM_WITHIN_MS} * interval '1 millisecond'
        returning message_id, claimed_at
      )
      update message set occurred_at = claimed.claimed_at
      from claimed where message.id = claimed.message_id
      returning message.id
    `.execute(trx);
    if (rows.length > 0) return readClaimed(trx, key.messageId);
    await moveMessage(trx, key.messageId, 'queued', ['sending']);
    return null;
  });
}

async function readAuthor(trx: Trx, messageId: MessageId) {
  return trx.selectFrom('message').select('author').where('id', '=', messageId).executeTakeFirst();
}

/** The closing text only goes while the session is closing and nothing newer stands in the journal. */
async function mayStillClose(trx: Trx, sessionId: SessionId): Promise<boolean> {
  const place = (await lockQueues(trx, [sessionId])).get(sessionId);
  const session = await trx
    .selectFrom('session')
    .select(['status', 'applied_seq'])
    .where('id', '=', sessionId)
    .forUpdate()
    .executeTakeFirst();
  return session?.status === 'closing' && session.applied_seq === place?.lastSeq;
}

/** From here on nobody can claim it. Said at once: else the session would wait until the attempt lapses. */
async function forgoAttempt(trx: Trx, key: AttemptKey): Promise<void> {
  const { messageId, attempt, sessionId } = key;
  const place = (await lockQueues(trx, [sessionId])).get(sessionId);
  const result: SendResult = { is: 'unclaimed' };
  const { numUpdatedRows } = await trx
    .updateTable('send_attempt')
    .set({ outcome: result.is, ended_at: sql<Date>`clock_timestamp()` })
    .where('message_id', '=', messageId)
    .where('attempt', '=', attempt)
    .where('claimed_at', 'is', null)
    .where('outcome', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n || place === undefined) return;
  await append(trx, place, [{ kind: 'send_outcome', send: { messageId, attempt, result } }]);
}

/** Token, recipient and text of a message that is to go out. */
export async function readClaimed(trx: Trx, messageId: MessageId): Promise<Claimed> {
  return trx
    .selectFrom('message')
    .innerJoin('session', 'session.id', 'message.session_id')
    .innerJoin('channel', 'channel.id', 'message.channel_id')
    .innerJoin('customer_identity as identity', 'identity.customer_id', 'session.customer_id')
    .select([
      'channel.platform',
      'channel.asset_id as asset',
      'channel.token_cipher as tokenCipher',
      'session.kind',
      'identity.external_id as recipient',
      'message.reply_to as replyTo',
      'message.parent',
      sql<string>`coalesce(message.text, '')`.as('text'),
    ])
    .where('message.id', '=', messageId)
    .limit(1)
    .executeTakeFirstOrThrow();
}

async function moveMessage(
  trx: Trx,
  messageId: MessageId,
  to: MessageState,
  from: readonly MessageState[],
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('message')
    .set({ state: to })
    .where('id', '=', messageId)
    .where('state', 'in', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
