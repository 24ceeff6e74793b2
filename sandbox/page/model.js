// @ts-check
/** @import { Comment, Message, Model, SandboxEvent, View } from './types.ts' */

/** Messenger lets the dots go after 20 seconds without a message. */
const TYPING_LASTS_MS = 20_000;

/** @returns {Model} */
export function emptyModel() {
  return {
    pages: new Map(),
    customers: new Map(),
    posts: new Map(),
    comments: new Map(),
    threads: new Map(),
    typing: new Map(),
    seenByPage: new Map(),
  };
}

/**
 * @param {string} page
 * @param {string} customer
 */
export function threadKey(page, customer) {
  return `${page}/${customer}`;
}

/**
 * @param {Model} model changed in place
 * @param {SandboxEvent} event
 */
export function fold(model, event) {
  switch (event.type) {
    case 'page':
      model.pages.set(event.page.id, event.page);
      return;
    case 'customer':
      model.customers.set(event.customer.id, event.customer);
      return;
    case 'message':
      addMessage(model, event.message);
      return;
    case 'post':
      model.posts.set(event.post.id, event.post);
      return;
    case 'post_removed':
      model.posts.delete(event.id);
      model.comments.delete(event.id);
      return;
    case 'comment':
    case 'comment_edited':
    case 'comment_removed':
      if (event.comment) addComment(model, event.comment);
      return;
    case 'sender_action': {
      const key = threadKey(event.page, event.customer);
      if (event.action === 'typing_on') model.typing.set(key, event.at);
      if (event.action === 'typing_off') model.typing.delete(key);
      if (event.action === 'mark_seen') model.seenByPage.set(key, event.at);
    }
  }
}

/**
 * @param {Model} model
 * @param {View} view what one customer sees
 */
export function foldView(model, view) {
  for (const { messages } of view.conversations)
    for (const message of messages) addMessage(model, message);
  for (const { post, comments } of view.posts) {
    model.posts.set(post.id, post);
    for (const comment of comments) addComment(model, comment);
  }
}

/**
 * @param {Model} model
 * @param {Message} message
 */
function addMessage(model, message) {
  const key = threadKey(message.page, message.customer);
  const thread = model.threads.get(key) ?? new Map();
  model.threads.set(key, thread.set(message.mid, message));
  if (message.from === 'page' && message.at >= (model.typing.get(key) ?? Infinity))
    model.typing.delete(key);
}

/**
 * @param {Model} model
 * @param {Comment} comment
 */
function addComment(model, comment) {
  const known = model.comments.get(comment.post) ?? new Map();
  model.comments.set(comment.post, known.set(comment.id, comment));
}

/**
 * @param {Model} model
 * @param {string} page
 * @param {string} customer
 * @returns {Message[]} oldest first
 */
export function threadOf(model, page, customer) {
  const thread = model.threads.get(threadKey(page, customer));
  return [...(thread?.values() ?? [])].sort((a, b) => a.at - b.at);
}

/**
 * @param {Model} model
 * @param {string} customer
 * @returns {Message | undefined}
 */
export function newestMessage(model, customer) {
  return [...model.pages.keys()]
    .flatMap((page) => threadOf(model, page, customer).slice(-1))
    .sort((a, b) => b.at - a.at)[0];
}

/**
 * @param {Model} model
 * @param {string} page
 */
export function postsOf(model, page) {
  return [...model.posts.values()].filter((post) => post.page === page).sort((a, b) => b.at - a.at);
}

/**
 * A post's thread as it is read: each comment followed by what answers it. A removed one stays only
 * while an answer stands under it.
 * @param {Model} model
 * @param {string} post
 * @returns {Comment[]}
 */
export function commentsOf(model, post) {
  const all = [...(model.comments.get(post)?.values() ?? [])].sort((a, b) => a.at - b.at);
  return all
    .filter(({ parent }) => parent === null)
    .flatMap((top) => [
      top,
      ...all.filter(({ parent, isRemoved }) => parent === top.id && !isRemoved),
    ])
    .filter(
      ({ id, isRemoved }) => !isRemoved || all.some((one) => one.parent === id && !one.isRemoved),
    );
}

/**
 * @param {Model} model
 * @param {string} key of the thread
 * @param {number} now
 */
export function isTyping(model, key, now) {
  const since = model.typing.get(key);
  return since !== undefined && now - since < TYPING_LASTS_MS;
}
