// @ts-check
/** @import { Customer, Message, Model, Page } from './types.ts' */
import { byId, h, showList } from './dom.js';
import { isTyping, threadKey, threadOf } from './model.js';
import { unseen } from './seen.js';
import { say, timeOf } from './words.js';

/**
 * @param {Model} model
 * @param {{ person: Customer, account: Page }} place
 */
export function showChat(model, { person, account }) {
  const chat = byId('chat');
  const key = threadKey(account.id, person.id);
  const thread = threadOf(model, account.id, person.id);
  const isAtEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  const isOther = chat.dataset.thread !== key;
  const bubbles = thread.map((message, index) => ({
    key: message.mid,
    from: message.from,
    text: message.text,
    at: message.at,
    note: index === thread.length - 1 ? noteOf(model, message, account) : '',
  }));
  const rows = [
    ...(thread.length === 0
      ? [{ key: 'empty', from: 'nobody', text: say('noMessages') }]
      : bubbles),
    ...(isTyping(model, key, Date.now())
      ? [{ key: 'typing', from: 'nobody', text: say('typing', { name: account.name }) }]
      : []),
  ];
  showList(chat, rows, bubble);
  chat.dataset.thread = key;
  // Whoever has scrolled up to read is left there.
  if (isAtEnd || isOther) chat.scrollTop = chat.scrollHeight;
}

/**
 * What became of the last message.
 * @param {Model} model
 * @param {Message} message
 * @param {Page} account
 */
function noteOf(model, message, account) {
  const key = threadKey(message.page, message.customer);
  if (message.from === 'page')
    return say(unseen(key, [message]).length === 0 ? 'seen' : 'delivered');
  const isSeen = (model.seenByPage.get(key) ?? 0) >= message.at;
  return isSeen ? say('seenByPage', { name: account.name }) : '';
}

/** @param {{ from: string, text: string, at?: number, note?: string }} row */
function bubble({ from, text, at, note }) {
  if (at === undefined) return h('p', { class: 'quiet centred' }, text);
  const time = h('time', { datetime: new Date(at).toISOString() }, timeOf(at));
  return h(
    'div',
    { class: `bubble by-${from}` },
    h('p', { class: 'bubble-text' }, text),
    h('p', { class: 'bubble-note' }, time, note ? ` · ${note}` : null),
  );
}
