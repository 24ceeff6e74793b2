import type { CommentFact, EchoFact, MessageFact, OwnCommentFact } from '#channels/channel.ts';
import type { KnownSession, Tombstone } from '#db/ingest.ts';
import type { NewMessage } from '#db/ingest-write.ts';
import type { ChannelId } from '#domain/ids.ts';
import { moment } from './known.ts';

/** Facts that become a row of the thread. */
export type Content = MessageFact | EchoFact | CommentFact | OwnCommentFact;

/** What the plan gives to a message: its id, its place in the journal and its author. */
export type Place = Pick<NewMessage, 'id' | 'seq' | 'direction' | 'author'>;

/** The row of a message that has come, with what came before it: an edit, or that it was taken back. */
export function newMessage(
  { session, channelId, receivedAt }: Arrived,
  fact: Content,
  { tombstone, ...place }: Place & { tombstone: Tombstone | undefined },
): NewMessage {
  const removed = tombstone?.removed === true;
  const editNo = tombstone?.editNo ?? 0;
  const text = editNo > 0 ? (tombstone?.text ?? null) : fact.text;
  return {
    ...place,
    sessionId: session.id,
    channelId,
    mid: fact.mid,
    text: removed ? null : text,
    attachments: removed ? [] : fact.attachments,
    occurredAt: moment(fact.occurredAt),
    receivedAt,
    editNo,
    removedAt: removed ? receivedAt : null,
    parent: 'parent' in fact ? fact.parent : null,
    fromBlocked: place.direction === 'in' && session.blocked,
  };
}

type Arrived = { session: KnownSession; channelId: ChannelId; receivedAt: Date };
