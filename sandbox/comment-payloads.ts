/** Webhooks about comments and posts. Times of changes are whole seconds.
 *  Sources: https://developers.facebook.com/docs/graph-api/webhooks/reference/page#feed,
 *  https://developers.facebook.com/docs/instagram-platform/webhooks/examples */
import { objectOf } from '#sandbox/payloads.ts';
import type { Comment, Customer, Page, Post } from '#sandbox/world.ts';

export type Told = { page: Page; post: Post; comment: Comment; author: Customer | null };
export type Verb = 'add' | 'edited' | 'remove';

/** One change of a comment, in the form of its network. */
export function commentPayload(told: Told, verb: Verb): unknown {
  return told.page.platform === 'facebook'
    ? change(told.page, 'feed', feedComment(told, verb))
    : change(told.page, 'comments', instagramComment(told));
}

/** The Page deleted a post: what it said is not told any more. */
export function postRemovedPayload(page: Page, post: Post): unknown {
  return change(page, 'feed', {
    item: 'status',
    verb: 'remove',
    post_id: post.id,
    from: { id: page.id, name: page.name },
    created_time: seconds(post.at),
  });
}

/** The Page wrote a post. */
export function postPayload(page: Page, post: Post): unknown {
  return change(page, 'feed', {
    item: 'status',
    verb: 'add',
    post_id: post.id,
    published: 1,
    from: { id: page.id, name: page.name },
    created_time: seconds(post.at),
    message: post.text,
    post: { id: post.id, permalink_url: post.permalink, is_published: true },
  });
}

function feedComment({ page, post, comment, author }: Told, verb: Verb): unknown {
  const from = comment.customer === null ? { id: page.id, name: page.name } : named(author);
  return {
    item: 'comment',
    verb,
    comment_id: comment.id,
    post_id: post.id,
    parent_id: comment.parent ?? post.id,
    ...(comment.isAuthorHidden || from === null ? {} : { from }),
    created_time: seconds(comment.at),
    ...(verb === 'remove' ? {} : { message: comment.text }),
    ...(verb === 'edited' ? { edited_time: seconds(comment.editedAt ?? comment.at) } : {}),
    post: {
      id: post.id,
      type: 'status',
      status_type: 'mobile_status_update',
      is_published: true,
      permalink_url: post.permalink,
    },
  };
}

function named(author: Customer | null) {
  return author === null ? null : { id: author.id, name: author.name };
}

function instagramComment({ page, post, comment, author }: Told): unknown {
  const from =
    comment.customer === null
      ? { id: page.id, username: page.name, self_ig_scoped_id: `9${page.id.slice(1)}` }
      : { id: comment.customer, username: author?.username };
  return {
    id: comment.id,
    ...(comment.parent === null ? {} : { parent_id: comment.parent }),
    text: comment.text,
    ...(comment.isAuthorHidden ? {} : { from }),
    media: { id: post.id, media_product_type: 'FEED' },
  };
}

function change({ platform, id }: Page, field: string, value: unknown): unknown {
  const entry = { id, time: seconds(Date.now()), changes: [{ field, value }] };
  return { object: objectOf(platform), entry: [entry] };
}

function seconds(at: number): number {
  return Math.floor(at / 1_000);
}
