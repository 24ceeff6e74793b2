import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import { withMention } from '#domain/comment.ts';
import type { MessageId, SessionKind } from '#domain/ids.ts';
import { acceptOnce, mustBeInWindow, type Accepted, type Accepting, type Asked } from './accept.ts';
import { recordChanges } from './changes.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';

export type AskedReply = Asked & {
  text: string;
  /** In a comment session: the comment that it answers; absent = the customer's newest. */
  commentId?: string | undefined;
  /** Whether the platform takes a text of this length. */
  fits: (at: { platform: Accepting['platform']; kind: SessionKind }, text: string) => boolean;
};

/**
 * Takes in an agent's reply: it shows as queued at once, and goes out when the session's workflow has read it.
 * @throws Problem WINDOW_CLOSED, TEXT_TOO_LONG, NOT_FOUND for a comment that cannot be answered, and those of `acceptOnce`
 */
export function acceptReply(db: Db, asked: AskedReply): Promise<Accepted> {
  return acceptOnce(db, asked, async (trx, at) => {
    const answered = await answeredComment(trx, asked, at);
    const text = answered === null ? asked.text : textUnder(answered, at, asked.text);
    if (!asked.fits(at, text)) throw new Problem('TEXT_TOO_LONG', { field: 'text' });
    mustBeInWindow(at);
    const messageId = newId<MessageId>();
    await insertReply(trx, { asked, at, messageId, text, answered });
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

type Answered = { comment: string; parent: string | null; username: string | null };

/** The comment that a reply answers; null in private conversations, where there is none. */
async function answeredComment(
  trx: Trx,
  { sessionId, commentId }: AskedReply,
  at: Accepting,
): Promise<Answered | null> {
  if (at.kind === 'message' && commentId === undefined) return null;
  const { rows } = await sql<Answered>`
    select m.mid as comment, m.parent, i.username
    from message m
    join session s on s.id = m.session_id and s.kind = 'comment'
    left join customer_identity i on m.direction = 'in' and i.customer_id = s.customer_id
      and i.channel_id = s.channel_id
    where m.session_id = ${sessionId} and m.mid is not null and m.removed_at is null
      and (m.mid = ${commentId ?? null} or (${commentId ?? null}::text is null and m.direction = 'in'))
    order by m.seq desc limit 1
  `.execute(trx);
  const [answered] = rows;
  if (answered !== undefined) return answered;
  throw new Problem('NOT_FOUND', {
    field: 'commentId',
    message: 'There is no such comment in this session, or it was removed.',
  });
}

/** R27: Instagram puts an answer to an answer under the top-level comment, where only a name tells whom it is for. */
function textUnder({ parent, username }: Answered, at: Accepting, text: string): string {
  return at.platform === 'instagram' && parent !== null ? withMention(text, username) : text;
}

type NewReply = {
  asked: AskedReply;
  at: Accepting;
  messageId: MessageId;
  text: string;
  answered: Answered | null;
};

async function insertReply(
  trx: Trx,
  { asked, at, messageId, text, answered }: NewReply,
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
      text,
      occurred_at: at.now,
      received_at: at.now,
      state: 'queued',
      reply_to: answered?.comment ?? null,
      parent: answered === null ? null : (answered.parent ?? answered.comment),
    })
    .execute();
  await trx
    .updateTable('session')
    .set({
      last_message_at: sql`greatest(last_message_at, ${at.now})`,
      preview: preview(text),
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
