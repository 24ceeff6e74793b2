// @ts-check
/** The sandbox's page: plays customers, and follows what happens to them. */
import { accountName, showPeople } from './people-view.js';
import { answerAt, onSend, showComposer, targetOn } from './composer.js';
import { byId, h, showList } from './dom.js';
import { emptyModel, fold, foldView, threadKey, threadOf } from './model.js';
import { hashOf, readPlace, shownPlace } from './place.js';
import * as play from './play-api.js';
import { rememberSeen, unseen } from './seen.js';
import { showChat } from './chat-view.js';
import { showPosts } from './posts-view.js';
import { say, translatePage } from './words.js';

const POLL_EVERY_MS = 1_000;
/** How many people's messages are there from the beginning; the others' come when they are chosen. */
const LOADED_AT_ONCE = 30;

let model = emptyModel();
let next = 0;
/** @type {Set<string>} whose conversations were loaded */
let loaded = new Set();
const find = /** @type {HTMLInputElement} */ (byId('find'));
const newcomer = /** @type {HTMLFormElement} */ (byId('newcomer'));

const here = () => shownPlace(model, readPlace(location.hash));

function show() {
  const place = readPlace(location.hash);
  showPeople(model, { place, search: find.value });
  const shown = here();
  document.body.dataset.place = shown === null ? 'people' : 'phone';
  byId('phone').hidden = shown === null;
  byId('choose').hidden = shown !== null;
  if (shown === null) return;
  byId('who').textContent = shown.person.name;
  showChoices(shown);
  byId('chat').hidden = shown.tab !== 'messages';
  byId('posts').hidden = shown.tab !== 'posts';
  if (shown.tab === 'messages') showChat(model, shown);
  else showPosts(model, shown.account, { onAnswer: answer, onDelete: deletePost });
  showComposer(model, shown);
}

/** @param {NonNullable<ReturnType<typeof here>>} shown */
function showChoices({ person, account, tab }) {
  const accounts = [...model.pages.values()].map((page) => ({
    key: page.id,
    name: accountName(page),
    href: hashOf(person.id, page.id, tab),
    isCurrent: page.id === account.id,
  }));
  const tabs = /** @type {const} */ (['messages', 'posts']).map((key) => ({
    key,
    name: say(key),
    href: hashOf(person.id, account.id, key),
    isCurrent: key === tab,
  }));
  showList(byId('accounts'), accounts, choice);
  showList(byId('tabs'), tabs, choice);
}

/** @param {{ name: string, href: string, isCurrent: boolean }} item */
function choice({ name, href, isCurrent }) {
  const link = h('a', isCurrent ? { href, 'aria-current': 'page' } : { href }, name);
  return h('li', {}, link);
}

/** @param {import('./types.ts').Target | null} target */
function answer(target) {
  answerAt(target);
  show();
}

/** @param {string} post */
function deletePost(post) {
  if (!confirm(say('confirmDeletePost'))) return;
  // What went wrong is on the page by then.
  told(play.deletePost(post)).catch(() => {});
}

/** Whoever looks at a conversation has seen what stands in it, and the Page is told. */
async function see() {
  const shown = here();
  if (shown?.tab !== 'messages' || document.visibilityState !== 'visible') return;
  const { person, account } = shown;
  const key = threadKey(account.id, person.id);
  const last = unseen(key, threadOf(model, account.id, person.id)).at(-1);
  if (last === undefined) return;
  rememberSeen(key, last.at);
  await play.markSeen(person.id, account.id);
  show();
}

/** @param {string} customer */
async function load(customer) {
  if (loaded.has(customer)) return;
  foldView(model, await play.fetchView(customer));
  loaded.add(customer);
}

async function begin() {
  // Asked first: what happens while the rest is loaded is then seen twice rather than never.
  const { next: now } = await play.fetchEvents();
  const [pages, customers] = await Promise.all([play.fetchPages(), play.fetchCustomers()]);
  next = now;
  model = emptyModel();
  loaded = new Set();
  for (const page of pages) fold(model, { type: 'page', page });
  for (const customer of customers) fold(model, { type: 'customer', customer });
  await Promise.all(customers.slice(-LOADED_AT_ONCE).map(({ id }) => load(id)));
}

async function catchUp() {
  const news = await play.fetchEvents(next);
  // It was started anew, or has forgotten what we have not seen yet.
  if (news.next < next || news.oldest > next + 1) return begin();
  for (const event of news.events) fold(model, event);
  next = news.next;
}

async function moved() {
  answerAt(null);
  const shown = here();
  if (shown !== null) await load(shown.person.id);
  show();
  await see();
}

async function follow() {
  let isKnown = false;
  for (;;) {
    try {
      await (isKnown ? catchUp() : begin().then(moved));
      isKnown = true;
      if (byId('trouble').textContent === say('unreachable')) byId('trouble').textContent = '';
      show();
      await see();
    } catch {
      byId('trouble').textContent = say('unreachable');
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
  }
}

/**
 * @param {Promise<unknown>} work
 * @returns {Promise<void>} fails as the work does, once that was said
 */
async function told(work) {
  try {
    await work;
    byId('trouble').textContent = '';
    await catchUp();
    show();
  } catch (error) {
    byId('trouble').textContent = say('refused', {
      why: error instanceof Error ? error.message : String(error),
    });
    throw error;
  }
}

onSend(async (text) => {
  const shown = here();
  if (shown === null) return;
  const { person, account, tab } = shown;
  if (tab === 'messages') return told(play.writeMessage(person.id, { page: account.id, text }));
  const target = targetOn(model, account);
  if (target === null) return;
  await told(play.writeComment(person.id, target, text));
  answer(null);
});

newcomer.addEventListener('submit', (event) => {
  event.preventDefault();
  const given = new FormData(newcomer);
  const add = async () => {
    const customer = await play.addCustomer(String(given.get('name')));
    fold(model, { type: 'customer', customer });
    newcomer.reset();
    location.hash = hashOf(customer.id, String(given.get('page')), 'messages');
    byId('text').focus();
  };
  // What went wrong is on the page by then.
  told(add()).catch(() => {});
});

byId('untarget').addEventListener('click', () => answer(null));
find.addEventListener('input', show);
addEventListener('hashchange', () => void told(moved()).catch(() => {}));
document.addEventListener('visibilitychange', () => void see().catch(() => {}));

translatePage();
void follow();
