// @ts-check
/** @import { Message } from './types.ts' */

const STORE = 'everthread-sandbox-seen';

/** @type {Record<string, number>} by thread: until when its customer has seen the Page's messages */
let seenUntil = read();

/** @returns {Record<string, number>} */
function read() {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? '{}');
  } catch {
    // Somebody else's, or no storage at all: then everything is unread once more.
    return {};
  }
}

/**
 * @param {string} key of the thread
 * @param {readonly Message[]} messages
 */
export function unseen(key, messages) {
  const until = seenUntil[key] ?? 0;
  return messages.filter(({ from, at }) => from === 'page' && at > until);
}

/**
 * @param {string} key of the thread
 * @param {number} at of the newest message seen
 */
export function rememberSeen(key, at) {
  seenUntil = { ...seenUntil, [key]: at };
  try {
    localStorage.setItem(STORE, JSON.stringify(seenUntil));
  } catch {
    // Full or forbidden: known until the page is closed.
  }
}
