/** The field `feed` of a Page: posts, and comments under them.
 *  Source: https://developers.facebook.com/docs/graph-api/webhooks/reference/page#feed */
import { SECOND } from '#domain/instant.ts';
import type { Attachment, Fact, Post } from '#channels/channel.ts';
import {
  eventName,
  ignored,
  outcomeOf,
  UnusableItem,
  type Entry,
  type Outcome,
} from '#channels/entry.ts';
import { asId, asInstant, asList, asText, field } from '#channels/json.ts';
import { commentOf, readId } from '#channels/meta/comments.ts';

/** Items that are posts, by whoever wrote them. */
const POSTS: ReadonlySet<string> = new Set([
  'post',
  'status',
  'photo',
  'video',
  'share',
  'link',
  'album',
  'event',
]);

const COMMENT_READERS: ReadonlyMap<string, (value: unknown, entry: Entry) => Fact> = new Map([
  ['add', readComment],
  ['edit', readEdit],
  ['edited', readEdit],
  ['remove', readRemoval],
  ['delete', readRemoval],
]);

const POST_READERS: ReadonlyMap<string, (value: unknown) => Fact> = new Map([
  ['add', readTold],
  ['edit', readTold],
  ['edited', readTold],
  ['remove', readPostRemoval],
  ['delete', readPostRemoval],
]);

export function parseFeed(value: unknown, entry: Entry): Outcome {
  const item = eventName(field(value, 'item'));
  const verb = eventName(field(value, 'verb'));
  if (item === 'comment') {
    const read = COMMENT_READERS.get(verb);
    return read === undefined
      ? ignored(`feed:comment:${verb}`)
      : outcomeOf(() => read(value, entry));
  }
  const readOfPost = POSTS.has(item) ? POST_READERS.get(verb) : undefined;
  return readOfPost === undefined ? ignored(`feed:${item}`) : outcomeOf(() => readOfPost(value));
}

function readComment(value: unknown, entry: Entry): Fact {
  const post = readPost(field(value, 'post'), asId(field(value, 'post_id')));
  const parent = asId(field(value, 'parent_id'));
  const from = field(value, 'from');
  return commentOf(entry, {
    post,
    mid: readId('comment', field(value, 'comment_id')),
    parent: parent === null || isPost(parent, post.id) ? null : parent,
    text: asText(field(value, 'message')),
    attachments: attachmentsOf(value),
    writtenAt: asInstant(field(value, 'created_time')),
    author: { id: asId(field(from, 'id')), name: asText(field(from, 'name')), username: null },
    isByAsset: asId(field(from, 'id')) === entry.asset,
    tagged: asList(field(value, 'message_tags')).flatMap((tag) => asId(field(tag, 'id')) ?? []),
  });
}

/** Of a comment directly under the post, the parent is the post, with or without the Page's id before it. */
function isPost(parent: string, post: string): boolean {
  return parent === post || post.endsWith(`_${parent}`);
}

function attachmentsOf(value: unknown): Attachment[] {
  const photo = asText(field(value, 'photo'));
  const video = asText(field(value, 'video'));
  return [
    ...(photo === null ? [] : [{ kind: 'image', url: photo, title: null }]),
    ...(video === null ? [] : [{ kind: 'video', url: video, title: null }]),
  ];
}

/** Meta gives edits of comments no number. The second in which it happened orders them (and fits an integer until 2038). */
function readEdit(value: unknown, entry: Entry): Fact {
  const editedAt = asInstant(field(value, 'edited_time')) ?? entry.sentAt;
  if (editedAt === null) throw new UnusableItem('The edit gives no time.');
  return {
    type: 'edited',
    customer: null,
    mid: readId('comment', field(value, 'comment_id')),
    text: asText(field(value, 'message')),
    editNo: Math.floor(editedAt / SECOND),
  };
}

function readRemoval(value: unknown): Fact {
  return {
    type: 'removed',
    customer: null,
    mid: readId('comment', field(value, 'comment_id')),
  };
}

function readTold(value: unknown): Fact {
  return { type: 'post', ...readPost(value) };
}

function readPostRemoval(value: unknown): Fact {
  return { type: 'post_removed', id: readPost(value).id };
}

/** @param id where it does not stand in the post's own object */
function readPost(raw: unknown, id = asId(field(raw, 'post_id'))): Post {
  const text = asText(field(raw, 'message'));
  const permalink =
    asText(field(raw, 'permalink_url')) ?? asText(field(field(raw, 'post'), 'permalink_url'));
  return { id: readId('post', id ?? asId(field(raw, 'id'))), text, permalink };
}
