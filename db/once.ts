/** Keys of what is done at once, without a workflow: a request that is sent again does nothing twice (R39). */
import { createHash } from 'node:crypto';
import type { CommandId, MessageId, SessionId } from '#domain/ids.ts';
import { Problem } from '#contracts/errors.ts';
import type { Trx } from './database.ts';
import { newId } from './ids.ts';
import type { Person } from './people.ts';

/** The same key with the same body is the same request. */
export type Once = { key: string; body: readonly unknown[] };

type Deed = Once & {
  sessionId: SessionId;
  type: 'note' | 'read' | 'unread' | 'label';
  /** What is written with it. */
  messageId?: MessageId;
};

/**
 * Keeps the key in the transaction of what is done with it, beside those of commands: what is refused uses up none.
 * @returns what was done with it before; null = nothing, it is to be done now
 * @throws Problem IDEMPOTENCY_MISMATCH when it was something else
 */
export async function doneBefore(
  trx: Trx,
  { agent }: Person,
  { key, body, sessionId, type, messageId }: Deed,
): Promise<{ messageId: MessageId | null } | null> {
  const hash = createHash('sha256')
    .update(JSON.stringify([type, sessionId, ...body]))
    .digest();
  const { numInsertedOrUpdatedRows: inserted } = await trx
    .insertInto('command')
    .values({
      id: newId<CommandId>(),
      agent_id: agent,
      idempotency_key: key,
      body_hash: hash,
      session_id: sessionId,
      seq: 0,
      type,
      message_id: messageId ?? null,
      state: 'done',
    })
    .onConflict((conflict) => conflict.columns(['agent_id', 'idempotency_key']).doNothing())
    .executeTakeFirst();
  if (inserted === 1n) return null;
  const before = await trx
    .selectFrom('command')
    .select(['body_hash', 'message_id'])
    .where('agent_id', '=', agent)
    .where('idempotency_key', '=', key)
    .executeTakeFirst();
  if (before === undefined || !before.body_hash.equals(hash))
    throw new Problem('IDEMPOTENCY_MISMATCH');
  return { messageId: before.message_id };
}
