import { sql } from 'kysely';
import { CLAIM_WITHIN_MS } from '#domain/session/sends.ts';
import type { SendResult } from '#domain/session/entry.ts';
import type { AgentId, ChannelId, MessageId, SessionId } from '#domain/ids.ts';
import { recordChanges } from './changes.ts';
import { readClaimed, type AttemptKey, type Claimed } from './claiming.ts';
import type { Db, Trx } from './database.ts';
import { append, lockQueues } from './journal.ts';
import type { MessageState } from './stored.ts';

export type Report = { result: SendResult; mid: string | null; detail: string | null };

/**
 * Writes down what became of an attempt, and tells the session through its journal. The first report about an
 * attempt stands; one that says it was sent always counts.
 */
export function reportAttempt(db: Db, key: AttemptKey, report: Report): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const place = (await lockQueues(trx, [key.sessionId])).get(key.sessionId);
    if (place === undefined) return;
    const { result, detail } = report;
    const ended = await trx
      .updateTable('send_attempt')
      .set({ outcome: result.is, detail, ended_at: sql<Date>`clock_timestamp()` })
      .where('message_id', '=', key.messageId)
      .where('attempt', '=', key.attempt)
      .where((eb) =>
        result.is === 'sent'
          ? eb.val(true)
          : eb.or([eb('outcome', 'is', null), eb('outcome', '=', 'unknown')]),
      )
      .executeTakeFirst();
    if (ended.numUpdatedRows === 0n) return;
    if (report.mid !== null) await setSent(trx, key, report.mid);
    const { messageId, attempt } = key;
    await append(trx, place, [{ kind: 'send_outcome', send: { messageId, attempt, result } }]);
  });
}

/** The message was accepted: from here on no other report can make it look unsent. */
async function setSent(trx: Trx, key: AttemptKey, mid: string): Promise<void> {
  // The echo may have come first without our metadata and made a row of its own: it is the same message.
  await sql`
    delete from message other using message ours
    where ours.id = ${key.messageId} and other.channel_id = ours.channel_id and other.mid = ${mid}
      and other.id <> ours.id and other.direction = 'out'
  `.execute(trx);
  await trx
    .updateTable('message')
    .set({
      mid,
      failure: null,
      state: acceptedState(),
    })
    .where('id', '=', key.messageId)
    .execute();
  await recordMessageChange(trx, key.sessionId, key.messageId);
}

/**
 * An accepted message's state: Meta's watermarks may have come before the news that it was sent.
 * @param occurredAt when it was sent, by Meta's clock; absent = as it is stored
 */
export function acceptedState(occurredAt?: Date) {
  const at =
    occurredAt === undefined ? sql.ref('message.occurred_at') : sql`${occurredAt}::timestamptz`;
  return sql<MessageState>`(
    select case when s.seen_up_to >= ${at} then 'seen'
      when s.delivered_up_to >= ${at} or message.state = 'delivered' then 'delivered'
      else 'sent' end
    from session s where s.id = message.session_id
  )`;
}

/** Lets browsers know that a message looks different now. */
export async function recordMessageChange(
  trx: Trx,
  sessionId: SessionId,
  messageId: MessageId,
): Promise<void> {
  const row = await trx
    .selectFrom('session')
    .select(['channel_id', 'assignee_id', 'supporters'])
    .where('id', '=', sessionId)
    .executeTakeFirst();
  if (row === undefined) return;
  const { channel_id: channel, assignee_id: assignee, supporters } = row;
  const audience = { channel, assignee, supporters };
  await recordChanges(trx, [
    {
      topic: 'message',
      sessionId,
      subjectId: messageId,
      agentId: null,
      before: audience,
      after: audience,
    },
  ]);
}

/**
 * What is known of an attempt of which nobody reported: never claimed and too late to be claimed, or claimed by a
 * process that died in the middle. Null: it is settled, or still young.
 */
export async function lapsedAttempt(db: Db, key: AttemptKey): Promise<SendResult | null> {
  const { rows } = await sql<{ claimed: boolean; outcome: string | null; late: boolean }>`
    select claimed_at is not null as claimed, outcome,
      recorded_at <= clock_timestamp() - ${CLAIM_WITHIN_MS} * interval '1 millisecond' as late
    from send_attempt where message_id = ${key.messageId} and attempt = ${key.attempt}
  `.execute(db);
  const [row] = rows;
  if (row === undefined || row.outcome !== null) return null;
  if (row.claimed) return { is: 'unknown' };
  return row.late ? { is: 'unclaimed' } : null;
}

export type LookedFor = Claimed & {
  attempt: number;
  claimedAt: Date;
  channelId: ChannelId;
  agentId: AgentId | null;
};

/** The newest attempt of a message, to look for it in the conversation. Null when it has arrived meanwhile. */
export async function readDoubtful(db: Db, messageId: MessageId): Promise<LookedFor | null> {
  const attempt = await db
    .selectFrom('send_attempt')
    .innerJoin('message', 'message.id', 'send_attempt.message_id')
    .select([
      'send_attempt.attempt',
      'send_attempt.claimed_at',
      'message.channel_id',
      'message.agent_id',
    ])
    .where('send_attempt.message_id', '=', messageId)
    .where('message.state', '=', 'sending')
    .where('send_attempt.claimed_at', 'is not', null)
    .orderBy('send_attempt.attempt', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (attempt?.claimed_at == null) return null;
  const claimed = await db.transaction().execute((trx) => readClaimed(trx, messageId));
  return {
    ...claimed,
    attempt: attempt.attempt,
    claimedAt: attempt.claimed_at,
    channelId: attempt.channel_id,
    agentId: attempt.agent_id,
  };
}

/** Whether an earlier attempt of this message may have arrived: it was made, and its end was never certain. */
export async function hadDoubtfulAttempt(db: Db, key: AttemptKey): Promise<boolean> {
  const row = await db
    .selectFrom('send_attempt')
    .select('attempt')
    .where('message_id', '=', key.messageId)
    .where('attempt', '<', key.attempt)
    .where('claimed_at', 'is not', null)
    .where((eb) =>
      eb.or([eb('outcome', 'is', null), eb('outcome', 'in', ['unknown', 'not_shown'])]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Which of these mids belong to messages that are known already. */
export async function knownMids(
  db: Db,
  channelId: ChannelId,
  mids: readonly string[],
): Promise<Set<string>> {
  if (mids.length === 0) return new Set();
  const rows = await db
    .selectFrom('message')
    .select('mid')
    .where('channel_id', '=', channelId)
    .where('mid', '=', sql<string>`any(${[...mids]})`)
    .execute();
  return new Set(rows.flatMap((row) => row.mid ?? []));
}
