import { cleanup, fireEvent, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import type { ThreadMessage } from '#lib/state/session-thread.svelte.ts';
import OutgoingState from '#lib/thread/OutgoingState.svelte';
import { aDesk, aDetail, anAnswer, aServer, aThread, show } from './builders.ts';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

type How = { lang?: 'en' | 'vi'; access?: 'act' | 'view'; endsGroup?: boolean };

function showState(
  given: Partial<ThreadMessage>,
  { lang = 'en', access = 'act', endsGroup = true }: How = {},
) {
  const desk = aDesk({ lang });
  const message = anAnswer({ seq: 1, ...given });
  const detail = aDetail({ access });
  const asked = aServer({ detail, messages: [message] });
  const thread = aThread(desk, { detail, messages: [message] });
  show(desk, OutgoingState, { message, thread, endsGroup });
  return { thread, asked };
}

test.each<[Partial<ThreadMessage>, string]>([
  [{ state: 'queued' }, 'Queued'],
  [{ state: 'sending' }, 'Sending'],
  [{ state: 'sent' }, 'Sent'],
  [{ state: 'delivered' }, 'Delivered'],
  [{ state: 'seen' }, 'Seen'],
  [
    { state: 'failed', failure: { code: 'outside_window', message: 'x' } },
    'Not sent — The 24-hour window was closed.',
  ],
  [
    { state: 'failed', failure: { code: 'new_code', message: 'x' } },
    'Not sent — The platform refused it (new_code).',
  ],
  [
    { state: 'unconfirmed' },
    'Unconfirmed — No answer came from Facebook. Look there whether the message arrived.',
  ],
  [{ state: 'cancelled' }, 'Not sent: taken back before it went out.'],
  [{ state: 'cancelled', author: 'system', agent: null }, 'Not sent: the session stayed open.'],
])('says what has become of it: %j', (given, words) => {
  showState(given);
  expect(screen.getByText(words)).toBeTruthy();
});

test('gives the reason in Vietnamese', () => {
  showState({ state: 'failed', failure: { code: 'outside_window', message: 'x' } }, { lang: 'vi' });
  expect(
    screen.getByText('Chưa gửi được — Đã quá 24 giờ kể từ tin nhắn cuối của khách.'),
  ).toBeTruthy();
});

test('says nothing of one in the middle of a group that has arrived, but of one that has not', () => {
  showState({ state: 'seen' }, { endsGroup: false });
  expect(screen.queryByText('Seen')).toBeNull();
  showState({ state: 'failed', failure: { code: 'x', message: 'x' } }, { endsGroup: false });
  expect(screen.getByText(/^Not sent/)).toBeTruthy();
});

test.each<[string, Partial<ThreadMessage>, object]>([
  [
    'Retry',
    { state: 'failed', failure: { code: 'x', message: '' } },
    { type: 'retry', messageId: 'm1' },
  ],
  ['It arrived', { state: 'unconfirmed' }, { type: 'confirm', messageId: 'm1', arrived: true }],
  ['Send again', { state: 'unconfirmed' }, { type: 'confirm', messageId: 'm1', arrived: false }],
])('%s asks the server for it', async (button, given, body) => {
  const { asked } = showState(given);
  await fireEvent.click(screen.getByRole('button', { name: button }));
  expect(asked).toMatchObject([{ method: 'POST', path: '/api/sessions/session/commands', body }]);
});

test('what was cancelled can be put back into the box, before what stands there', async () => {
  const { thread } = showState({ state: 'cancelled', text: 'Hello' });
  thread.draft = 'more';
  await fireEvent.click(screen.getByRole('button', { name: 'Put back into the box' }));
  expect(thread.draft).toBe('Hello\nmore');
});

test('who may only view gets no buttons', () => {
  showState({ state: 'unconfirmed' }, { access: 'view' });
  expect(screen.getByText(/^Unconfirmed/)).toBeTruthy();
  expect(screen.queryByRole('button')).toBeNull();
});
