/** What exists in the sandbox, as a fold over its events. No clock, no I/O. */

export type Platform = 'facebook' | 'instagram';

/** A Facebook Page, or an Instagram account. */
export type Page = {
  id: string;
  name: string;
  platform: Platform;
  token: string;
  subscribedFields: string[];
};
/** One person may write and comment on every Page. `username` is how Instagram calls them. */
export type Customer = { id: string; name: string; username: string };

export type Post = { id: string; page: string; text: string; permalink: string; at: number };

export type Comment = {
  id: string;
  post: string;
  page: string;
  /** The top-level comment that it answers; null = it is one. */
  parent: string | null;
  /** Who wrote it; null for the Page. */
  customer: string | null;
  /** The platform does not tell apps who wrote it. */
  isAuthorHidden: boolean;
  text: string;
  /** Epoch ms. */
  at: number;
  /** Which app wrote it for the Page; null for customers and for Meta's own tools. */
  appId: string | null;
  editedAt: number | null;
  isRemoved: boolean;
};

export type Message = {
  mid: string;
  page: string;
  customer: string;
  from: 'customer' | 'page';
  text: string;
  /** Epoch ms. */
  at: number;
  /** Which app sent it for the Page; null for the customer and for Meta's own inbox when it does not name itself. */
  appId: string | null;
  metadata: string | null;
};

/** A delivery on its way to the webhook. Lanes are in order within, independent of each other. */
export type Webhook = { id: string; lane: string; notBefore: number; body: string };

export type SandboxEvent =
  | { type: 'page'; page: Page }
  | { type: 'customer'; customer: Customer }
  | { type: 'message'; message: Message }
  | { type: 'post'; post: Post }
  /** With all that stood under it. */
  | { type: 'post_removed'; id: string }
  | { type: 'comment'; comment: Comment }
  | { type: 'comment_edited'; id: string; text: string; at: number }
  | { type: 'comment_removed'; id: string }
  | { type: 'webhook'; webhook: Webhook }
  /** Acknowledged with 200, or given up after 36 hours. */
  | { type: 'webhook_settled'; id: string };

export type World = {
  pages: Map<string, Page>;
  customers: Map<string, Customer>;
  /** By `threadKey`, each in the order in which things happened. */
  threads: Map<string, Message[]>;
  posts: Map<string, Post>;
  /** Of all posts, in the order in which they were written. */
  comments: Map<string, Comment>;
  /** Not yet acknowledged. */
  webhooks: Map<string, Webhook>;
};

export function emptyWorld(): World {
  return {
    pages: new Map(),
    customers: new Map(),
    threads: new Map(),
    posts: new Map(),
    comments: new Map(),
    webhooks: new Map(),
  };
}

export function threadKey(page: string, customer: string): string {
  return `${page}/${customer}`;
}

/** Changes the world in place: it holds whole load tests. */
export function apply(world: World, event: SandboxEvent): void {
  switch (event.type) {
    case 'page':
      world.pages.set(event.page.id, event.page);
      return;
    case 'customer':
      world.customers.set(event.customer.id, event.customer);
      return;
    case 'message': {
      const key = threadKey(event.message.page, event.message.customer);
      const thread = world.threads.get(key);
      if (thread === undefined) world.threads.set(key, [event.message]);
      else thread.push(event.message);
      return;
    }
    case 'post':
      world.posts.set(event.post.id, event.post);
      return;
    case 'post_removed':
      world.posts.delete(event.id);
      for (const { id } of commentsOf(world, event.id)) world.comments.delete(id);
      return;
    case 'comment':
      world.comments.set(event.comment.id, event.comment);
      return;
    case 'comment_edited':
      change(world, event.id, { text: event.text, editedAt: event.at });
      return;
    case 'comment_removed':
      change(world, event.id, { text: '', isRemoved: true });
      return;
    case 'webhook':
      world.webhooks.set(event.webhook.id, event.webhook);
      return;
    case 'webhook_settled':
      world.webhooks.delete(event.id);
      return;
  }
}

function change(world: World, id: string, to: Partial<Comment>): void {
  const comment = world.comments.get(id);
  if (comment !== undefined) world.comments.set(id, { ...comment, ...to });
}

/** The shortest list of events that makes this world again. */
export function eventsOf(world: World): SandboxEvent[] {
  return [
    ...[...world.pages.values()].map((page) => ({ type: 'page' as const, page })),
    ...[...world.customers.values()].map((customer) => ({ type: 'customer' as const, customer })),
    ...[...world.threads.values()].flat().map((message) => ({ type: 'message' as const, message })),
    ...[...world.posts.values()].map((post) => ({ type: 'post' as const, post })),
    ...[...world.comments.values()].map((comment) => ({ type: 'comment' as const, comment })),
    ...[...world.webhooks.values()].map((webhook) => ({ type: 'webhook' as const, webhook })),
  ];
}

/** One conversation, oldest first; empty when there is none. */
export function threadOf(world: World, page: string, customer: string): readonly Message[] {
  return world.threads.get(threadKey(page, customer)) ?? [];
}

/** All messages of one customer with every Page, oldest first. */
export function messagesOf(world: World, customer: string): Message[] {
  return [...world.pages.keys()]
    .flatMap((page) => threadOf(world, page, customer))
    .sort((a, b) => a.at - b.at);
}

/** Everything that customers received from Pages, oldest first. */
export function outboxOf(world: World): Message[] {
  return [...world.threads.values()]
    .flat()
    .filter((message) => message.from === 'page')
    .sort((a, b) => a.at - b.at);
}

/** The comments under one post, oldest first. */
export function commentsOf(world: World, post: string): Comment[] {
  return [...world.comments.values()].filter((comment) => comment.post === post);
}
