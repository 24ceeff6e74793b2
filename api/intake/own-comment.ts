import type { OwnCommentFact } from '#channels/channel.ts';
import { newId } from '#db/ids.ts';
import { sentBehind, writtenByThen } from '#domain/comment.ts';
import type { ChannelId, MessageId } from '#domain/ids.ts';
import type { Book } from './book.ts';
import { rootOf } from './conversation.ts';
import type { Arrival } from './known.ts';
import { answeredIn, shownOurs } from './recognise.ts';

/**
 * The page itself commented: a reply of ours that its event settles, or a staff answer from elsewhere, in the session
 * of the person whom it answers. Where it answers nobody it opens nothing; if it stands under a comment that has not
 * come, it waits for that.
 */
export function takeOwnComment(book: Book, arrival: Arrival, fact: OwnCommentFact): void {
  const { channelId } = arrival;
  const ours = book.byMid(channelId, fact.mid) ?? namelessShown(book, arrival, fact);
  if (ours !== null) return book.accepted(arrival, fact, ours);
  const answered = answeredIn(book.participants, channelId, fact);
  if (answered === null) return waitForRoot(book, channelId, fact);
  const session = book.session(answered.sessionId);
  if (session === undefined) return;
  const context = { ...arrival, session };
  const id = newId<MessageId>();
  const writtenAt = writtenByThen(fact.occurredAt, arrival.receivedAt.getTime());
  const seq = book.append(context, {
    kind: 'foreign_message',
    messageId: id,
    answer: true,
    sentAt: sentBehind(arrival.rootReceivedAt?.getTime(), writtenAt),
  });
  book.insert(context, fact, { id, seq, direction: 'out', author: 'elsewhere' });
}

/** Of one that was taken back only that the page wrote there is kept. */
function waitForRoot(book: Book, channelId: ChannelId, fact: OwnCommentFact): void {
  const { type: _type, parent, ...content } = fact;
  if (parent === null) return;
  const isRemoved = book.fateOf(channelId, fact)?.removed === true;
  const left = isRemoved ? { ...content, text: null, attachments: [] } : content;
  book.found.early.push({ channelId, comment: { ...left, parent } });
}

function namelessShown(book: Book, { channelId }: Arrival, fact: OwnCommentFact) {
  const root = rootOf(fact);
  const here = book.nameless.filter((one) => one.channelId === channelId && one.parent === root);
  const ours = shownOurs(here, fact);
  if (ours !== null) book.nameless.splice(book.nameless.indexOf(ours), 1);
  return ours;
}
