// @ts-check
/** @import { Customer, Page, SandboxEvent, Target, View } from './types.ts' */

/**
 * @param {string} path
 * @param {unknown} [body] sent by POST; without one it is a GET
 * @returns {Promise<unknown>}
 */
function call(path, body) {
  if (body === undefined) return send(path, {});
  const headers = { 'content-type': 'application/json' };
  return send(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/**
 * @param {string} path
 * @param {RequestInit} request
 * @returns {Promise<unknown>}
 */
async function send(path, request) {
  const response = await fetch(`/sandbox/${path}`, request);
  if (response.status === 204) return undefined;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `HTTP ${response.status}`);
  return answer;
}

/** @returns {Promise<Page[]>} */
export const fetchPages = async () => /** @type {Page[]} */ (await call('pages'));

/** @returns {Promise<Customer[]>} */
export const fetchCustomers = async () => /** @type {Customer[]} */ (await call('customers'));

/**
 * @param {string} customer
 * @returns {Promise<View>}
 */
export const fetchView = async (customer) =>
  /** @type {View} */ (await call(`customers/${customer}/view`));

/**
 * @param {number} [after]
 * @returns {Promise<{ events: SandboxEvent[], next: number, oldest: number }>}
 */
export const fetchEvents = async (after) =>
  /** @type {{ events: SandboxEvent[], next: number, oldest: number }} */ (
    await call(after === undefined ? 'events?limit=1' : `events?after=${after}`)
  );

/**
 * @param {string} name
 * @returns {Promise<Customer>}
 */
export const addCustomer = async (name) =>
  /** @type {Customer} */ (await call('customers', { name }));

/**
 * @param {string} customer
 * @param {{ page: string, text: string }} message
 */
export const writeMessage = (customer, message) => call(`customers/${customer}/messages`, message);

/**
 * The customer has seen all that the Page wrote.
 * @param {string} customer
 * @param {string} page
 */
export const markSeen = (customer, page) => call(`customers/${customer}/read`, { page });

/**
 * @param {string} customer
 * @param {Target} target
 * @param {string} text
 */
export const writeComment = (customer, { post, parent }, text) =>
  call(`customers/${customer}/comments`, { post, text, ...(parent === null ? {} : { parent }) });

/** @param {string} post */
export const deletePost = (post) => send(`posts/${post}`, { method: 'DELETE' });
