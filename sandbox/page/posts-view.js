// @ts-check
/** @import { Comment, Model, Page, Post, Target } from './types.ts' */
import { avatar, byId, h, showList } from './dom.js';
import { commentsOf, postsOf } from './model.js';
import { say, timeOf } from './words.js';

/**
 * @param {Model} model
 * @param {Page} account
 * @param {{ onAnswer: (target: Target) => void, onDelete: (post: string) => void }} actions
 */
export function showPosts(model, account, actions) {
  const rows = postsOf(model, account.id).map((post) => ({
    key: post.id,
    post,
    account,
    comments: commentsOf(model, post.id),
  }));
  const box = byId('posts');
  if (rows.length === 0) box.replaceChildren(h('p', { class: 'quiet centred' }, say('noPosts')));
  else showList(box, rows, (row) => postCard(row, actions));
}

/**
 * @param {{ post: Post, account: Page, comments: Comment[] }} row
 * @param {{ onAnswer: (target: Target) => void, onDelete: (post: string) => void }} actions
 */
function postCard({ post, account, comments }, { onAnswer, onDelete }) {
  const answer = h('button', { type: 'button', class: 'plain' }, say('commentHere'));
  answer.addEventListener('click', () => onAnswer({ post: post.id, parent: null }));
  const remove = h('button', { type: 'button', class: 'plain' }, say('deletePost'));
  remove.addEventListener('click', () => onDelete(post.id));
  return h(
    'article',
    { class: 'post' },
    byline(account, post.at, null),
    h('p', { class: 'post-text' }, post.text),
    answer,
    remove,
    comments.length === 0
      ? h('p', { class: 'quiet' }, say('noComments'))
      : h('ul', { class: 'comments' }, ...comments.map((one) => commentRow(one, onAnswer))),
  );
}

/**
 * @param {Comment} comment
 * @param {(target: Target) => void} onAnswer
 */
function commentRow(comment, onAnswer) {
  const classes = [
    'comment',
    ...(comment.parent === null ? [] : ['is-reply']),
    ...(comment.from?.isPage ? ['by-page'] : []),
  ];
  if (comment.isRemoved)
    return h('li', { class: classes.join(' ') }, h('p', { class: 'quiet' }, say('removed')));
  const name = authorOf(comment);
  const reply = h(
    'button',
    { type: 'button', class: 'plain', 'aria-label': say('replyTo', { name }) },
    say('reply'),
  );
  // The sandbox puts an answer to an answer where the platforms do.
  reply.addEventListener('click', () => onAnswer({ post: comment.post, parent: comment.id }));
  return h(
    'li',
    { class: classes.join(' ') },
    byline({ id: comment.from?.id ?? '', name }, comment.at, noteOf(comment)),
    h('p', { class: 'comment-text' }, comment.text),
    reply,
  );
}

/**
 * @param {{ id: string, name: string }} who
 * @param {number} at
 * @param {string | null} note
 */
function byline(who, at, note) {
  return h(
    'p',
    { class: 'byline' },
    avatar(who),
    h('strong', {}, who.name),
    note === null ? null : h('span', { class: 'badge' }, note),
    h('time', { datetime: new Date(at).toISOString(), class: 'quiet' }, timeOf(at)),
  );
}

/** @param {Comment} comment */
function noteOf({ from, editedAt }) {
  const notes = [...(from?.isPage ? [say('author')] : []), ...(editedAt ? [say('edited')] : [])];
  return notes.length === 0 ? null : notes.join(' · ');
}

/** @param {Pick<Comment, 'from'>} comment */
export function authorOf({ from }) {
  return from?.name ?? say('hidden');
}
