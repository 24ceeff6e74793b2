// @ts-check
/** @import { Customer, Model, Place } from './types.ts' */
import { avatar, byId, h, showList } from './dom.js';
import { newestMessage, threadKey, threadOf } from './model.js';
import { hashOf } from './place.js';
import { unseen } from './seen.js';
import { say } from './words.js';

const LONGEST_LIST = 100;

/**
 * @param {Model} model
 * @param {{ place: Place, search: string }} looking
 */
export function showPeople(model, { place, search }) {
  const people = [...model.customers.values()]
    .reverse()
    .filter(({ name, username }) => matches(`${name} ${username}`, search))
    .slice(0, LONGEST_LIST);
  const rows = people.map((person) => rowOf(model, person, place));
  // What is sorted stays in the order of arrival where nothing was written.
  rows.sort((a, b) => b.at - a.at);
  showList(byId('people'), rows, personRow);
  byId('nobody').hidden = model.customers.size > 0;
  showPageChoice(model);
}

/**
 * @param {Model} model
 * @param {Customer} person
 * @param {Place} place
 */
function rowOf(model, { id, name, username }, place) {
  const last = newestMessage(model, id);
  const pages = [...model.pages.values()];
  const unread = pages.map((page) => {
    const key = threadKey(page.id, id);
    return unseen(key, threadOf(model, page.id, id)).length;
  });
  const page = last?.page ?? place.page ?? pages[0]?.id ?? '';
  return {
    key: id,
    at: last?.at ?? 0,
    name,
    preview: previewOf(last, username),
    unread: unread.reduce((sum, count) => sum + count, 0),
    href: hashOf(id, id === place.customer ? (place.page ?? page) : page, 'messages'),
    isCurrent: id === place.customer,
  };
}

/**
 * @param {{ from: string, text: string } | undefined} last
 * @param {string} username
 */
function previewOf(last, username) {
  if (last === undefined) return `@${username}`;
  return last.from === 'customer' ? say('you', { text: last.text }) : last.text;
}

/** @param {ReturnType<typeof rowOf>} row */
function personRow({ key, name, preview, unread, href, isCurrent }) {
  const link = h(
    'a',
    { href, class: 'person' },
    avatar({ id: key, name }),
    h(
      'span',
      { class: 'person-text' },
      h('span', { class: 'person-name' }, name),
      h('span', { class: 'quiet cut' }, preview),
    ),
    unread === 0
      ? null
      : h(
          'span',
          { class: 'count' },
          h('span', { 'aria-hidden': 'true' }, String(unread)),
          h('span', { class: 'unseen' }, say('unread', { count: unread })),
        ),
  );
  if (isCurrent) link.setAttribute('aria-current', 'true');
  return h('li', {}, link);
}

/** @param {Model} model */
function showPageChoice(model) {
  const select = document.querySelector('#newcomer select');
  if (select === null) return;
  const pages = [...model.pages.values()].map((page) => ({
    key: page.id,
    name: accountName(page),
  }));
  showList(select, pages, ({ key, name }) => h('option', { value: key }, name));
}

/** @param {{ name: string, platform: string }} page */
export function accountName({ name, platform }) {
  return `${platform === 'instagram' ? 'Instagram' : 'Facebook'} · ${name}`;
}

/**
 * @param {string} text
 * @param {string} search
 */
function matches(text, search) {
  return plain(text).includes(plain(search.trim()));
}

/**
 * Without accents and case.
 * @param {string} text
 */
function plain(text) {
  return text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('đ', 'd');
}
