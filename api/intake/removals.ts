/** What was taken back: a message, a comment, or a post with all that stood under it. */
import type { Fact } from '#channels/channel.ts';
import type { Book } from './book.ts';
import type { Arrival } from './known.ts';

export function takeRemoval(
  book: Book,
  arrival: Arrival,
  { mid }: Fact & { type: 'removed' },
): void {
  const { channelId } = arrival;
  const known = book.byMid(channelId, mid);
  if (known === undefined)
    return book.bury({ channelId, mid, removed: true, text: null, editNo: 0 });
  if (known.removed) return;
  book.remove(known);
  const session = book.session(known.sessionId);
  if (known.direction === 'out' || session === undefined) return;
  const context = { ...arrival, session };
  if (!known.fromBlocked)
    book.append(context, { kind: 'customer_message_removed', ofSeq: known.seq });
  if (session.kind === 'comment' && !book.hasCustomersComment(session.id))
    book.append(context, { kind: 'comments_removed' });
}

/** The tombstone of the post stays: a comment that is told of later is gone as well, and so is a repetition. */
export function takePostRemoval(
  book: Book,
  arrival: Arrival,
  { id }: Fact & { type: 'post_removed' },
): void {
  const { channelId } = arrival;
  if (book.tombstone(channelId, id)?.removed === true) return;
  book.bury({ channelId, mid: id, removed: true, text: null, editNo: 0 });
  for (const session of book.sessionsUnder(channelId, id)) {
    for (const comment of book.shownIn(session.id)) book.remove(comment);
    book.append({ ...arrival, session }, { kind: 'comments_removed' });
  }
}
