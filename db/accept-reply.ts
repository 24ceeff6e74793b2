import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { MessageId } from '#domain/ids.ts';
import { acceptOnce, mustBeInWindow, type Accepted, type Accepting, type Asked } from './accept.ts';
import { recordChanges } from './changes.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';

export type AskedReply = Asked & {
  text: string;
  /** Whether the platform takes a text of this length. */
  fits: (platform: Accepting['platform'], text: string) => boolean;
};

/**
 * Takes in an agent's reply: it shows as queued at once, and goes out when the session's workflow has read it.
 * @throws Problem WINDOW_CLOSED, TEXT_TOO_LONG, and those of `acceptOnce`
 */
export function acceptReply(db: Db, asked: AskedReply): Promise<Accepted> {
  return acceptOnce(db, asked, async (trx, at) => {
    if (!asked.fits(at.platform, asked.text)) throw new Problem('TEXT_TOO_LONG', { field: 'text' });
    mustBeInWindow(at);
    const messageId = newId<MessageId>();
    await insertReply(trx, { asked, at, messageId });
    const { commandId, sessionId, person } = asked;
    await recordChanges(trx, [
      {
        topic: 'message',
        sessionId,
        subjectId: messageId,
        agentId: null,
        before: at.audience,
        after: at.audience,
      },
    ]);
    return {
      type: 'reply',
      messageId,
      fact: { kind: 'reply', commandId, messageId, agent: person.agent },
    };
  });
}

async function insertReply(
  trx: Trx,
  { asked, at, messageId }: { asked: AskedReply; at: Accepting; messageId: MessageId },
): Promise<void> {
  await trx
    .insertInto('message')
    .values({
      id: messageId,
      session_id: asked.sessionId,
      channel_id: at.channelId,
      seq: at.seq,
      direction: 'out',
      author: 'agent',
      agent_id: asked.person.agent,
      text: asked.text,
      occurred_at: at.now,
      received_at: at.now,
      state: 'queued',
    })
    .execute();
  await trx
    .updateTable('session')
    .set({
      last_message_at: sql`greatest(last_message_at, ${at.now})`,
      preview: preview(asked.text),
      preview_by: 'page',
    })
    .where('id', '=', asked.sessionId)
    .execute();
}

/** Lists show one line of it. */
const PREVIEW_LENGTH = 200;

function preview(text: string): string {
  return text.slice(0, PREVIEW_LENGTH).toWellFormed();
}
