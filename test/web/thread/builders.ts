import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { vi } from 'vitest';
import { Desk } from '#lib/state/desk.svelte.ts';
import {
  SessionThread,
  type Detail,
  type ThreadMessage,
} from '#lib/state/session-thread.svelte.ts';
import type { Language } from '#lib/words/index.ts';
import OnDesk from './OnDesk.svelte';

/** What time it is in these tests. */
export const NOW = Date.parse('2026-11-22T10:00:00Z');
export const an = { id: 'an' as never, name: 'An Trần' };
export const linh = { id: 'linh' as never, name: 'Linh Lê' };

export function later(seconds: number): string {
  return new Date(NOW + seconds * 1_000).toISOString();
}

type Kind = { lang?: Language; platform?: 'facebook' | 'instagram' };

export function aDesk({ lang = 'en', platform = 'facebook' }: Kind = {}): Desk {
  return new Desk({
    me: {
      ...an,
      email: 'an@example.org',
      role: 'staff',
      workspace: { name: 'Shop', timeZone: 'UTC' },
      channels: [
        {
          id: 'channel',
          platform,
          name: 'Shop',
          team: [an, linh],
          others: 'act',
          commentReply: 'comment',
        },
      ],
    },
    prefs: {
      lang,
      theme: 'system',
      density: 'comfortable',
      keys: true,
      sound: true,
      timeZone: 'UTC',
    },
    counts: {
      main: 0,
      unassigned: 0,
      mine: 0,
      supporting: 0,
      unread: 0,
      overdue: 0,
      snoozed: 0,
      done: 0,
      menu: { message: 0, comment: 0 },
    },
    countsOf: {},
    now: NOW,
  });
}

export function aDetail(given: Partial<Detail> = {}): Detail {
  return {
    id: 'session',
    channelId: 'channel',
    kind: 'message',
    customer: { id: 'lan', name: 'Lan Nguyễn', pictureUrl: null },
    status: 'open',
    waking: false,
    assignee: an,
    supporters: [],
    supporting: false,
    labels: [],
    lastMessageAt: later(-60),
    preview: null,
    previewBy: 'customer',
    unread: 0,
    waitingSince: null,
    dueAt: null,
    warnedAt: null,
    overdueAt: null,
    snoozedUntil: null,
    closedAt: null,
    access: 'act',
    round: 1,
    closedBy: null,
    clocks: [],
    clocksHeld: false,
    windowOpenUntil: later(12 * 3_600),
    post: null,
    workflow: { id: 'session/1', url: null },
    ...given,
  };
}

export function aMessage(given: Partial<ThreadMessage> & { seq: number }): ThreadMessage {
  const { seq } = given;
  return {
    id: `m${seq}` as never,
    direction: 'in',
    author: 'customer',
    agent: null,
    text: `text ${seq}`,
    attachments: [],
    occurredAt: later(seq),
    receivedAt: later(seq),
    mentions: [],
    arrivedLate: false,
    state: 'received',
    failure: null,
    edited: false,
    removed: false,
    commentId: null,
    parent: null,
    ...given,
  };
}

/** One that an agent wrote. */
export function anAnswer(given: Partial<ThreadMessage> & { seq: number }): ThreadMessage {
  return aMessage({ direction: 'out', author: 'agent', agent: an, state: 'sent', ...given });
}

export function aThread(
  desk: Desk,
  { detail = aDetail(), messages = [] as ThreadMessage[] } = {},
): SessionThread {
  return new SessionThread(desk, detail, {
    messages,
    cursor: null,
    seenSeq: messages.at(-1)?.seq ?? 0,
  });
}

export function show<Props extends Record<string, unknown>>(
  desk: Desk,
  shown: Component<Props>,
  props: Props,
): void {
  render(OnDesk, { props: { desk, shown: shown as never, props } });
}

export type Asked = { method: string; path: string; body: unknown };

/** A server that takes everything. @returns what it was asked, reading left out */
export function aServer({
  detail = aDetail(),
  messages = [] as ThreadMessage[],
  refusal = null as object | null,
} = {}): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal(
    'fetch',
    async (path: string, { method, body }: { method: string; body?: string }) => {
      if (method === 'GET') {
        if (path.endsWith('/messages')) return answer(200, { messages, cursor: null, seenSeq: 0 });
        return answer(200, path.endsWith('/history') ? { entries: [] } : detail);
      }
      asked.push({ method, path, body: body === undefined ? null : JSON.parse(body) });
      return refusal === null ? answer(200, { state: 'done' }) : answer(409, { error: refusal });
    },
  );
  return asked;
}

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status });
}
