// @ts-check
/** @import { Model, Place, Tab } from './types.ts' */

/**
 * The address `#/<customer>/<page>/<tab>`: a reload, the back button and a second window keep the place.
 * @param {string} hash
 * @returns {Place}
 */
export function readPlace(hash) {
  const [customer, page, tab] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  return {
    customer: customer || null,
    page: page || null,
    tab: tab === 'posts' ? 'posts' : 'messages',
  };
}

/**
 * @param {string} customer
 * @param {string} page
 * @param {Tab} tab
 */
export function hashOf(customer, page, tab) {
  return `#/${[customer, page, tab].map(encodeURIComponent).join('/')}`;
}

/**
 * The place with both parts known, or null when there is nobody (any more) to show.
 * @param {Model} model
 * @param {Place} place
 */
export function shownPlace(model, { customer, page, tab }) {
  const person = model.customers.get(customer ?? '');
  const account = model.pages.get(page ?? '') ?? model.pages.values().next().value;
  return person && account ? { person, account, tab } : null;
}
