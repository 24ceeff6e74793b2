/** What happens under posts and is told to the app. */
import {
  commentPayload,
  postPayload,
  postRemovedPayload,
  type Verb,
} from '#sandbox/comment-payloads.ts';
import type { Context } from '#sandbox/context.ts';
import { newDigits } from '#sandbox/ids.ts';
import { toWire } from '#sandbox/payloads.ts';
import type { Comment, Page, Post } from '#sandbox/world.ts';

/** The Page writes a post. Facebook tells the app of it, Instagram does not. */
export function publish(context: Context, page: Page, written: { text: string; at: number }): Post {
  const isFacebook = page.platform === 'facebook';
  const digits = newDigits();
  const post: Post = {
    id: isFacebook ? `${page.id}_${digits}` : `179${digits}00`,
    page: page.id,
    ...written,
    permalink: isFacebook
      ? `https://www.facebook.com/${page.id}/posts/${digits}`
      : `https://www.instagram.com/p/${digits}/`,
  };
  context.store.record({ type: 'post', post });
  if (isFacebook) void tell(context, post, { field: 'feed', payload: postPayload(page, post) });
  return post;
}

/** The Page deletes a post, with all that stands under it. Facebook tells of the post alone, Instagram of nothing. */
export function unpublish(context: Context, post: Post): void {
  const page = context.store.world.pages.get(post.page);
  context.store.record({ type: 'post_removed', id: post.id });
  if (page?.platform === 'facebook')
    void tell(context, post, { field: 'feed', payload: postRemovedPayload(page, post) });
}

export type NewComment = Pick<Comment, 'customer' | 'isAuthorHidden' | 'text' | 'at' | 'appId'> & {
  post: Post;
  /** What is answered; an answer to an answer is put under the top-level comment. */
  answered: Comment | null;
};

/**
 * Somebody comments; the app hears of it.
 * @returns the comment, and a promise that settles when the webhook was tried for the first time
 */
export function comment(
  context: Context,
  { post, answered, ...written }: NewComment,
): { comment: Comment; told: Promise<void> } {
  const made: Comment = {
    ...written,
    id: commentId(context, post),
    post: post.id,
    page: post.page,
    parent: answered === null ? null : (answered.parent ?? answered.id),
    editedAt: null,
    isRemoved: false,
  };
  context.store.record({ type: 'comment', comment: made });
  const { faults } = context;
  const isOurs = made.appId === context.appId;
  if (isOurs && faults.roll('dropEcho')) return { comment: made, told: Promise.resolve() };
  const delayMs = isOurs ? faults.settings().echoDelayMs : 0;
  return { comment: made, told: tellOf(context, made, { verb: 'add', delayMs }) };
}

function commentId({ store }: Context, post: Post): string {
  const isFacebook = store.world.pages.get(post.page)?.platform === 'facebook';
  return isFacebook ? `${post.id.split('_')[1] ?? '0'}_${newDigits()}` : `180${newDigits()}00`;
}

/** Its author changes it. Only Facebook has that, and says so. */
export function edit(context: Context, { id }: Comment, text: string): void {
  context.store.record({ type: 'comment_edited', id, text, at: Date.now() });
  const edited = context.store.world.comments.get(id);
  if (edited !== undefined) void tellOf(context, edited, { verb: 'edited' });
}

/** It is deleted, with the answers under it. Instagram tells nobody. */
export function remove(context: Context, removed: Comment): void {
  const { world } = context.store;
  const answers = [...world.comments.values()].filter(
    (one) => one.parent === removed.id && !one.isRemoved,
  );
  for (const gone of [...answers, removed]) {
    context.store.record({ type: 'comment_removed', id: gone.id });
    if (world.pages.get(gone.page)?.platform === 'facebook')
      void tellOf(context, gone, { verb: 'remove' });
  }
}

async function tellOf(
  context: Context,
  about: Comment,
  { verb, delayMs = 0 }: { verb: Verb; delayMs?: number },
): Promise<void> {
  const { world } = context.store;
  const page = world.pages.get(about.page);
  const post = world.posts.get(about.post);
  if (page === undefined || post === undefined) return;
  const author = about.customer === null ? null : (world.customers.get(about.customer) ?? null);
  const payload = commentPayload({ page, post, comment: about, author }, verb);
  const field = page.platform === 'facebook' ? 'feed' : 'comments';
  await tell(context, post, { field, payload, delayMs });
}

type News = { field: string; payload: unknown; delayMs?: number };

/** What happens under one post comes in order, if nothing goes wrong. */
async function tell(
  { store, webhooks }: Context,
  post: Post,
  { field, payload, delayMs = 0 }: News,
): Promise<void> {
  if (!store.world.pages.get(post.page)?.subscribedFields.includes(field)) return;
  await webhooks.enqueue({ lane: `post/${post.id}`, body: toWire(payload), delayMs });
}
