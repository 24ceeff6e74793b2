import { cleanup, fireEvent, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Detail, ThreadMessage } from '#lib/state/session-thread.svelte.ts';
import Composer from '#lib/thread/Composer.svelte';
import { eventually } from '#test/support/until.ts';
import { aDesk, aDetail, aMessage, aServer, aThread, later, show } from './builders.ts';

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

type Chosen = { comment?: ThreadMessage | null; platform?: 'facebook' | 'instagram' };

function open(given: Partial<Detail> = {}, { comment = null, platform = 'facebook' }: Chosen = {}) {
  const desk = aDesk({ platform });
  const asked = aServer();
  const thread = aThread(desk, { detail: aDetail(given) });
  show(desk, Composer, { thread, comment });
  return { desk, thread, asked };
}

const field = () =>
  screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Answer to Lan Nguyễn' });
const write = (text: string) => fireEvent.input(field(), { target: { value: text } });

test('Enter sends what stands in the box, once, and empties it', async () => {
  const { thread, asked } = open();
  await write('Chào Lan');
  await fireEvent.keyDown(field(), { key: 'Enter' });
  await fireEvent.keyDown(field(), { key: 'Enter' });
  await eventually(() => expect(thread.unsent).toEqual([]));
  expect(asked).toEqual([
    {
      method: 'POST',
      path: '/api/sessions/session/replies',
      body: { text: 'Chào Lan', seenSeq: 0 },
    },
  ]);
  expect(field().value).toBe('');
});

test.each([
  ['with Shift', { key: 'Enter', shiftKey: true }],
  ['while an input method composes', { key: 'Enter', isComposing: true }],
  ['that ends a composition in Safari', { key: 'Enter', keyCode: 229 }],
])('Enter %s does not send', async (_how, event) => {
  const { thread, asked } = open();
  await write('Chaof');
  const isDefault = await fireEvent.keyDown(field(), event);
  expect(isDefault).toBe(true);
  expect([thread.draft, asked]).toEqual(['Chaof', []]);
});

test('what is typed is kept as the draft of the session', async () => {
  const { desk } = open();
  await write('half a sen');
  expect(desk.drafts.read('session')).toBe('half a sen');
});

test('Escape leaves the box', async () => {
  open();
  field().focus();
  await fireEvent.keyDown(field(), { key: 'Escape' });
  expect(document.activeElement).toBe(document.body);
});

test('nothing but blanks is not sent', async () => {
  const { asked } = open();
  await write('  \n ');
  await fireEvent.keyDown(field(), { key: 'Enter' });
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Send' }).disabled).toBe(true);
  expect(asked).toEqual([]);
});

test('near the limit it says what is left, and beyond it does not send', async () => {
  const { asked } = open({}, { platform: 'instagram' });
  await write('a'.repeat(800));
  expect(screen.queryByText(/left$/)).toBeNull();
  await write('ế'.repeat(300));
  expect(screen.getByText('100 left')).toBeTruthy();
  await write('ế'.repeat(334));
  expect(screen.getByText('2 too many')).toBeTruthy();
  await fireEvent.keyDown(field(), { key: 'Enter' });
  expect(asked).toEqual([]);
});

test.each<[Partial<Detail>, string]>([
  [{}, 'You can answer for 12 h.'],
  [{ status: 'done' }, 'Sending reopens this session and gives it to you.'],
  [{ assignee: null }, 'Sending takes this session.'],
])('says what counts here: %j', (given, words) => {
  open(given);
  expect(screen.getByText(words)).toBeTruthy();
  expect(field()).toBeTruthy();
});

test.each<[string, Partial<Detail>, RegExp]>([
  ['the window has closed', { windowOpenUntil: later(-60) }, /^The 24-hour window closed .*09:59/],
  ['one may only view', { access: 'view' }, /^You may see this session, but not act on it/],
])('no box but the reason when %s', (_when, given, words) => {
  open(given);
  expect(screen.getByText(words)).toBeTruthy();
  expect(screen.queryByRole('textbox')).toBeNull();
});

test('a note has its own text, and goes to the team alone', async () => {
  const { thread, asked } = open();
  await write('for the customer');
  await fireEvent.click(screen.getByRole('button', { name: 'Note' }));
  const note = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Note for the team' });
  expect(note.value).toBe('');
  await fireEvent.input(note, { target: { value: 'for us' } });
  await fireEvent.keyDown(note, { key: 'Enter' });
  await eventually(() => expect(note.value).toBe(''));
  expect(asked).toEqual([
    { method: 'POST', path: '/api/sessions/session/notes', body: { text: 'for us' } },
  ]);
  expect(thread.draft).toBe('for the customer');
});

test('the chosen comment is shown, sent along, and can be let go', async () => {
  const comment = aMessage({ seq: 1, text: 'Giá bao nhiêu?', commentId: 'c1' });
  const { asked } = open({ kind: 'comment' }, { comment });
  expect(screen.getByText('Answers the comment: “Giá bao nhiêu?”')).toBeTruthy();
  await write('200k ạ');
  await fireEvent.keyDown(field(), { key: 'Enter' });
  await eventually(() =>
    expect(asked).toMatchObject([{ body: { text: '200k ạ', commentId: 'c1' } }]),
  );
});

test('without a chosen comment the newest is answered', async () => {
  const comment = aMessage({ seq: 1, commentId: 'c1' });
  const { asked } = open({ kind: 'comment' }, { comment });
  await fireEvent.click(screen.getByRole('button', { name: 'Do not answer this comment' }));
  expect(screen.getByText(/^Answers the customer’s newest comment/)).toBeTruthy();
  await write('200k ạ');
  await fireEvent.keyDown(field(), { key: 'Enter' });
  await eventually(() =>
    expect(asked.map(({ body }) => body)).toEqual([{ text: '200k ạ', seenSeq: 0 }]),
  );
});

test('a note that was refused stands in its box again, before what was typed meanwhile', async () => {
  const desk = aDesk();
  aServer({ refusal: { code: 'FORBIDDEN', message: 'x' } });
  show(desk, Composer, { thread: aThread(desk), comment: null });
  await fireEvent.click(screen.getByRole('button', { name: 'Note' }));
  const note = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Note for the team' });
  await fireEvent.input(note, { target: { value: 'first' } });
  await fireEvent.keyDown(note, { key: 'Enter' });
  await fireEvent.input(note, { target: { value: 'second' } });
  await eventually(() => expect(note.value).toBe('first\nsecond'));
  expect(desk.drafts.read('session/note')).toBe('first\nsecond');
});
