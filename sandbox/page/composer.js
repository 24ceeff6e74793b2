// @ts-check
/** @import { Customer, Model, Page, Tab, Target } from './types.ts' */
import { byId } from './dom.js';
import { postsOf } from './model.js';
import { authorOf } from './posts-view.js';
import { say } from './words.js';

const text = /** @type {HTMLTextAreaElement} */ (byId('text'));
const form = /** @type {HTMLFormElement} */ (byId('composer'));

/** @type {Target | null} where the next comment goes; null = under the newest post */
let chosen = null;

/** @param {(text: string) => Promise<unknown>} send */
export function onSend(send) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const written = text.value.trim();
    if (written === '') return;
    text.value = '';
    // What is not taken comes back, unless something new stands there already.
    send(written).catch(() => {
      if (text.value === '') text.value = written;
    });
  });
  text.addEventListener('keydown', (event) => {
    // While an input method composes (Telex, VNI), Enter ends the word and sends nothing.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

/** @param {Target | null} target */
export function answerAt(target) {
  chosen = target;
  if (target !== null) text.focus();
}

/**
 * @param {Model} model
 * @param {Page} account
 * @returns {Target | null}
 */
export function targetOn(model, account) {
  if (chosen !== null && model.posts.get(chosen.post)?.page === account.id) return chosen;
  const newest = postsOf(model, account.id)[0];
  return newest === undefined ? null : { post: newest.id, parent: null };
}

/**
 * @param {Model} model
 * @param {{ person: Customer, account: Page, tab: Tab }} place
 */
export function showComposer(model, { person, account, tab }) {
  const isComment = tab === 'posts';
  const target = isComment ? targetOn(model, account) : null;
  form.hidden = isComment && target === null;
  byId('text-label').textContent = isComment
    ? say('comment', { name: person.name })
    : say('message', { name: account.name });
  text.placeholder = byId('text-label').textContent ?? '';
  byId('target').hidden = target === null;
  byId('untarget').hidden = target === null || target !== chosen;
  if (target !== null) byId('target-text').textContent = targetText(model, target);
}

/**
 * @param {Model} model
 * @param {Target} target
 */
function targetText(model, { post, parent }) {
  const answered = model.comments.get(post)?.get(parent ?? '');
  if (answered) return say('replyTo', { name: authorOf(answered) });
  return say('commentOn', { text: short(model.posts.get(post)?.text ?? '') });
}

/** @param {string} long */
function short(long) {
  return long.length > 40 ? `${long.slice(0, 39)}…` : long;
}
