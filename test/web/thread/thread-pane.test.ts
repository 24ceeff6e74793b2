import { cleanup, fireEvent, screen, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Detail, ThreadMessage } from '#lib/state/session-thread.svelte.ts';
import ThreadPane from '#lib/thread/ThreadPane.svelte';
import { eventually } from '#test/support/until.ts';
import {
  aDesk,
  aDetail,
  aMessage,
  anAnswer,
  aServer,
  aThread,
  later,
  linh,
  show,
} from './builders.ts';

/** Nothing has a place in jsdom: everything that is watched is in sight. */
class AllInView {
  readonly #tell: (changes: { isIntersecting: boolean }[]) => void;
  constructor(tell: (changes: { isIntersecting: boolean }[]) => void) {
    this.#tell = tell;
  }
  observe(): void {
    this.#tell([{ isIntersecting: true }]);
  }
  disconnect(): void {
    return;
  }
}

beforeAll(() => {
  // Not in jsdom.
  if ('showModal' in HTMLDialogElement.prototype) return;
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.open = true;
    },
    close(this: HTMLDialogElement) {
      this.open = false;
      this.dispatchEvent(new Event('close'));
    },
  });
});
beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal('IntersectionObserver', AllInView);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

type Given = {
  detail?: Partial<Detail>;
  after?: Partial<Detail>;
  messages?: ThreadMessage[];
  refusal?: object;
};

/** @param after what the server says of the session from now on */
function open({ detail = {}, after = {}, messages = [aMessage({ seq: 1 })], refusal }: Given = {}) {
  const desk = aDesk();
  const asked = aServer({
    detail: aDetail({ ...detail, ...after }),
    messages,
    refusal: refusal ?? null,
  });
  const thread = aThread(desk, { detail: aDetail(detail), messages });
  const onBack = vi.fn();
  show(desk, ThreadPane, { thread, onBack });
  const press = (key: string) => desk.shortcuts.handle(new KeyboardEvent('keydown', { key }));
  return { desk, thread, asked, onBack, press };
}

test('shows what was said, by whom, and what has become of it', () => {
  open({
    messages: [
      aMessage({ seq: 1, text: 'Còn size M không?\nXem https://shop.example/m' }),
      anAnswer({ seq: 2, text: 'Còn ạ', agent: linh, state: 'seen' }),
      anAnswer({ seq: 3, direction: 'note', text: 'khách quen', agent: linh }),
      aMessage({ seq: 4, text: null, removed: true }),
      aMessage({ seq: 5, edited: true, arrivedLate: true, receivedAt: later(600) }),
    ],
  });
  const log = within(screen.getByRole('log', { name: 'Conversation with Lan Nguyễn' }));
  expect(log.getByText('Linh Lê')).toBeTruthy();
  expect(log.getByText('Seen')).toBeTruthy();
  expect(
    log.getByRole('note', { name: 'Note by Linh Lê, for the team alone' }).textContent,
  ).toContain('khách quen');
  expect(log.getByText('Message was taken back')).toBeTruthy();
  expect(log.getByText('· edited')).toBeTruthy();
  expect(log.getByText('· arrived 10:10')).toBeTruthy();
  expect(log.getByRole('link').getAttribute('rel')).toContain('noopener');
});

test('what is before the eyes is read', async () => {
  const { asked } = open({ detail: { unread: 1 } });
  await eventually(() =>
    expect(asked).toEqual([
      { method: 'PUT', path: '/api/sessions/session/read', body: { seq: 1 } },
    ]),
  );
});

test('what was marked unread stays unread while it is open', async () => {
  const { asked, press } = open({ after: { unread: 1 } });
  press('u');
  await eventually(() => expect(asked).toHaveLength(1));
  await screen.findByRole('log');
  expect(asked.map(({ method }) => method)).toEqual(['DELETE']);
});

test('Done can be undone', async () => {
  const { desk, asked } = open({ after: { status: 'done', closedAt: later(0) } });
  await fireEvent.click(screen.getByRole('button', { name: 'Mark as done' }));
  await eventually(() => expect(desk.toasts.shown).toMatchObject([{ text: 'Marked as done.' }]));
  desk.toasts.shown[0]?.undo?.();
  await eventually(() =>
    expect(asked.map(({ body }) => body)).toMatchObject([{ type: 'done' }, { type: 'reopen' }]),
  );
});

test('a Done that was refused is not said to be done', async () => {
  const { desk } = open({ refusal: { code: 'NEW_MESSAGE', message: 'x' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Mark as done' }));
  await eventually(() => expect(desk.toasts.shown.map(({ tone }) => tone)).toEqual(['bad']));
});

test('one key takes what is nobody’s, and not what is somebody’s', async () => {
  const nobodys = open({ detail: { assignee: null } });
  nobodys.press('i');
  await eventually(() =>
    expect(nobodys.asked).toMatchObject([{ body: { type: 'take', from: null } }]),
  );
  cleanup();
  const somebodys = open({ detail: { assignee: linh } });
  somebodys.press('i');
  expect(somebodys.asked).toEqual([]);
});

test('who may only view sees why nothing can be done', async () => {
  const { asked, press } = open({ detail: { access: 'view', assignee: linh } });
  const done = screen.getByRole('button', { name: 'Mark as done' });
  expect(done.getAttribute('aria-disabled')).toBe('true');
  expect(done.title).toBe('You may see this session, but not act on it.');
  await fireEvent.click(done);
  press('e');
  expect(asked).toEqual([]);
});

test('puts somebody in charge, with a note', async () => {
  const { asked, press } = open({ after: { assignee: linh } });
  press('a');
  const dialog = within(await screen.findByRole('dialog', { hidden: true }));
  await fireEvent.click(dialog.getByRole('radio', { name: /Linh/, hidden: true }));
  await fireEvent.input(dialog.getByRole('textbox', { name: 'Note', hidden: true }), {
    target: { value: ' gọi lại ' },
  });
  await fireEvent.click(dialog.getByRole('button', { name: 'Take charge', hidden: true }));
  await eventually(() =>
    expect(asked).toMatchObject([
      { body: { type: 'assign', from: 'an', agent: 'linh', note: 'gọi lại' } },
    ]),
  );
});

test('when somebody was quicker, the dialog stays with the note and says who', async () => {
  const { press } = open({
    detail: { assignee: null },
    after: { assignee: linh },
    refusal: { code: 'TAKEN', message: 'x', assignee: linh },
  });
  press('a');
  const dialog = within(await screen.findByRole('dialog', { hidden: true }));
  await fireEvent.click(dialog.getByRole('radio', { name: /An/, hidden: true }));
  const note = dialog.getByRole<HTMLTextAreaElement>('textbox', { name: 'Note', hidden: true });
  await fireEvent.input(note, { target: { value: 'gọi lại' } });
  await fireEvent.click(dialog.getByRole('button', { name: 'Take charge', hidden: true }));
  expect(
    await dialog.findByText('Not done: Linh Lê is in charge by now. Your note is kept.'),
  ).toBeTruthy();
  expect(note.value).toBe('gọi lại');
});

test('what may no longer be seen is gone from the screen, and a way back is there', async () => {
  const { thread, onBack } = open();
  thread.isGone = true;
  await fireEvent.click(await screen.findByRole('button', { name: 'Back to inbox' }));
  expect(onBack).toHaveBeenCalledOnce();
  expect(screen.queryByRole('log')).toBeNull();
});

test('a comment is chosen to be answered', async () => {
  open({
    detail: { kind: 'comment' },
    messages: [aMessage({ seq: 1, text: 'Giá?', commentId: 'c1' })],
  });
  await fireEvent.click(screen.getByRole('button', { name: 'Reply to Lan Nguyễn: Giá?' }));
  expect(await screen.findByText('Answers the comment: “Giá?”')).toBeTruthy();
});
