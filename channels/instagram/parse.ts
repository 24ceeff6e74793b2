/** What happened to an Instagram account: one entry of a webhook in, facts out. */
import type { Fact } from '#channels/channel.ts';
import { ignored, outcomeOf, type Entry, type Outcome } from '#channels/entry.ts';
import { asId, asInstant, asText, field } from '#channels/json.ts';
import { commentOf, readId } from '#channels/meta/comments.ts';
import { parseEntry } from '#channels/meta/messaging.ts';

/** The outcomes of one entry of object `instagram`, in the order in which Meta lists them. */
export function parseInstagramEntry(entry: Entry): Outcome[] {
  return parseEntry(entry, ({ name, value }) =>
    name === 'comments' ? outcomeOf(() => readComment(value, entry)) : ignored(`instagram:${name}`),
  );
}

/** Source: https://developers.facebook.com/docs/instagram-platform/webhooks/examples (field `comments`) */
function readComment(value: unknown, entry: Entry): Fact {
  const from = field(value, 'from');
  const username = asText(field(from, 'username'));
  return commentOf(entry, {
    post: { id: readId('post', field(field(value, 'media'), 'id')), text: null, permalink: null },
    // Called `comment_id` where the app signs in by Facebook.
    mid: readId('comment', asId(field(value, 'id')) ?? field(value, 'comment_id')),
    parent: asId(field(value, 'parent_id')),
    text: asText(field(value, 'text')),
    attachments: [],
    writtenAt: asInstant(field(value, 'timestamp')),
    author: { id: asId(field(from, 'id')), name: username, username },
    isByAsset: isOwn(from, entry.asset),
    // Tags stand in the text.
    tagged: [],
  });
}

/** The account's own comments carry a scoped id of its own beside, or in place of, the account's. */
function isOwn(from: unknown, asset: string): boolean {
  return asId(field(from, 'id')) === asset || asId(field(from, 'self_ig_scoped_id')) !== null;
}
