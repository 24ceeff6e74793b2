// @ts-check

/**
 * An element with attributes and what is in it; absent children (null) are left out.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string | null)} children
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * @param {string} id of an element that the page has
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}`);
  return element;
}

/** @type {WeakMap<Element, string>} */
const shown = new WeakMap();

/**
 * Makes a list show these items, touching only what has changed: the place of the keyboard and what
 * a screen reader has read stay.
 * @template {{ key: string }} T
 * @param {Element} list
 * @param {readonly T[]} items plain data: what looks the same is the same
 * @param {(item: T) => HTMLElement} make
 */
export function showList(list, items, make) {
  const before = new Map(
    [...list.children].map((child) => [child.getAttribute('data-key') ?? '', child]),
  );
  const wanted = items.map((item) => {
    const signature = JSON.stringify(item);
    const old = before.get(item.key);
    if (old !== undefined && shown.get(old) === signature) return old;
    const made = make(item);
    made.setAttribute('data-key', item.key);
    shown.set(made, signature);
    if (old !== undefined) replaceKeepingFocus(old, made);
    return made;
  });
  const kept = new Set(wanted);
  for (const child of [...list.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((element, index) => {
    const there = list.children[index];
    if (there !== element) list.insertBefore(element, there ?? null);
  });
}

/**
 * @param {Element} old
 * @param {HTMLElement} made
 */
function replaceKeepingFocus(old, made) {
  const focused = document.activeElement?.closest('a, button') ?? null;
  const wasInside = focused !== null && old.contains(focused);
  const place = wasInside ? [...old.querySelectorAll('a, button')].indexOf(focused) : -1;
  old.replaceWith(made);
  const again = [...made.querySelectorAll('a, button')][place];
  if (again instanceof HTMLElement) again.focus();
}

/**
 * A round mark with a person's initials. Its colour is theirs for good, and means nothing.
 * @param {{ id: string, name: string }} who
 */
export function avatar({ id, name }) {
  const initials = name
    .split(/\s+/)
    .slice(-2)
    .map((part) => part[0] ?? '')
    .join('')
    .toUpperCase();
  const tone = [...id].reduce((sum, digit) => sum + digit.charCodeAt(0), 0) % 6;
  return h('span', { class: `avatar tone-${tone}`, 'aria-hidden': 'true' }, initials || '?');
}
