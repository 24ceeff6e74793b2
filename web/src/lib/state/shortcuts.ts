/** One table of keys: it is obeyed, and it is the help. */
export const shortcuts = [
  { id: 'next', keys: ['j'] },
  { id: 'previous', keys: ['k'] },
  { id: 'back', keys: ['Escape'] },
  { id: 'reply', keys: ['r'] },
  { id: 'assign', keys: ['a'] },
  { id: 'take', keys: ['i'] },
  { id: 'done', keys: ['e'] },
  { id: 'reopen', keys: ['E'] },
  { id: 'unread', keys: ['u'] },
  { id: 'history', keys: ['h'] },
  { id: 'details', keys: ['.'] },
  { id: 'goMain', keys: ['g', 'i'] },
  { id: 'goMine', keys: ['g', 'm'] },
  { id: 'goUnassigned', keys: ['g', 'u'] },
  { id: 'goOverdue', keys: ['g', 'o'] },
  { id: 'help', keys: ['?'] },
] as const;

export type ShortcutId = (typeof shortcuts)[number]['id'];
type Handlers = Partial<Record<ShortcutId, () => void>>;

/** The second key of two must follow within this. */
const SECOND_KEY_MS = 1_200;

/** Who is on the page says what keys do; who came last is asked first. */
export class Shortcuts {
  #handlers: Handlers[] = [];
  #first = '';
  #firstAt = 0;
  readonly #isOn: () => boolean;

  constructor(isOn: () => boolean) {
    this.#isOn = isOn;
  }

  /** @returns forgets them again */
  register(handlers: Handlers): () => void {
    this.#handlers = [handlers, ...this.#handlers];
    return () => {
      this.#handlers = this.#handlers.filter((one) => one !== handlers);
    };
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event) || document.querySelector('dialog[open]') !== null) return;
    // Escape and ? are no letters: they stay (WCAG 2.1.4).
    if (!this.#isOn() && /^[a-z.]$/i.test(event.key)) return;
    const found = this.#find(event);
    if (found === undefined) return;
    const handler = this.#handlers.find((one) => one[found] !== undefined)?.[found];
    if (handler === undefined) return;
    event.preventDefault();
    handler();
  }

  #find({ key, timeStamp }: KeyboardEvent): ShortcutId | undefined {
    const first = timeStamp - this.#firstAt < SECOND_KEY_MS ? this.#first : '';
    this.#first = first === '' ? key : '';
    this.#firstAt = timeStamp;
    const two = shortcuts.find(
      ({ keys }) => keys.length === 2 && keys[0] === first && keys[1] === key,
    );
    return (two ?? shortcuts.find(({ keys }) => keys.length === 1 && keys[0] === key))?.id;
  }
}

/** For tooltips. */
export function keysOf(id: ShortcutId): string {
  return shortcuts.find((one) => one.id === id)?.keys.join(' ') ?? '';
}

function isTyping({ target, isComposing }: KeyboardEvent): boolean {
  return (
    isComposing ||
    (target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]'))
  );
}
