/** Posts, comments and events as the sandbox's page sees them. */
import type { Logged } from '#sandbox/event-log.ts';
import { commentsOf, type Comment, type Page, type Post, type World } from '#sandbox/world.ts';

export function toPage({ id, name, platform }: Page) {
  return { id, name, platform };
}

export function toPost(world: World, post: Post) {
  const comments = commentsOf(world, post.id).filter((one) => !one.isRemoved).length;
  return { ...post, platform: world.pages.get(post.page)?.platform ?? 'facebook', comments };
}

export function toComment(world: World, made: Comment) {
  const { id, post, page, parent, text, at, appId, editedAt, isRemoved } = made;
  const from = made.isAuthorHidden ? null : authorOf(world, made);
  return { id, post, page, parent, from, text, at, appId, editedAt, isRemoved };
}

function authorOf(world: World, { customer, page }: Comment) {
  const author = customer === null ? world.pages.get(page) : world.customers.get(customer);
  return { id: customer ?? page, name: author?.name ?? '', isPage: customer === null };
}

/** One event, with whole objects where the world's own events name ids. */
export function toEvent(world: World, { seq, at, event }: Logged): object {
  switch (event.type) {
    case 'page':
      return { seq, at, type: event.type, page: toPage(event.page) };
    case 'post':
      return { seq, at, type: event.type, post: toPost(world, event.post) };
    case 'comment':
      return { seq, at, type: event.type, comment: toComment(world, event.comment) };
    case 'comment_edited':
    case 'comment_removed': {
      const comment = world.comments.get(event.id);
      return { seq, at, type: event.type, comment: comment && toComment(world, comment) };
    }
    case 'webhook': {
      const { id, body } = event.webhook;
      return { seq, at, type: event.type, id, body };
    }
    case 'customer':
    case 'message':
    case 'post_removed':
    case 'webhook_settled':
      return { seq, at, ...event };
  }
}
