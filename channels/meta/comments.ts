/** A comment, whichever network it comes from. */
import type { Instant } from '#domain/instant.ts';
import type { Attachment, CommentFact, OwnCommentFact, Post } from '#channels/channel.ts';
import { UnusableItem, type Entry } from '#channels/entry.ts';
import { asId } from '#channels/json.ts';
import { LONGEST_MID } from '#channels/meta/item.ts';
import { UNSUPPORTED } from '#channels/meta/messages.ts';

export type FoundComment = {
  post: Post;
  mid: string;
  parent: string | null;
  text: string | null;
  attachments: Attachment[];
  /** Null where the platform does not say: then it was when the event was sent. */
  writtenAt: Instant | null;
  author: { id: string | null; name: string | null; username: string | null };
  isByAsset: boolean;
  tagged: string[];
};

/** @throws UnusableItem when the entry names no asset, or there is no time at all */
export function commentOf(entry: Entry, found: FoundComment): CommentFact | OwnCommentFact {
  const { post, mid, parent, text, author, isByAsset, tagged } = found;
  if (entry.asset === '') throw new UnusableItem('The entry names no account.');
  const occurredAt = found.writtenAt ?? entry.sentAt;
  if (occurredAt === null) throw new UnusableItem('The comment gives no time.');
  // A sticker or a GIF is not told: something stood there for who wrote it.
  const isEmpty = text === null && found.attachments.length === 0;
  const attachments = isEmpty ? [UNSUPPORTED] : found.attachments;
  const comment = { post, mid, parent, text, attachments, occurredAt };
  if (isByAsset) return { type: 'own_comment', ...comment, tagged };
  return {
    type: 'comment',
    ...comment,
    // No id of Meta's looks like this, so it never joins anybody.
    customer: author.id ?? `comment:${mid}`,
    isAuthorHidden: author.id === null,
    name: author.name,
    username: author.username,
  };
}

/** @throws UnusableItem when there is no id, or none that can be one */
export function readId(what: string, value: unknown): string {
  const id = asId(value);
  if (id === null) throw new UnusableItem(`The ${what} has no id.`);
  if (id.length > LONGEST_MID) throw new UnusableItem(`The id of the ${what} is too long.`);
  return id;
}
