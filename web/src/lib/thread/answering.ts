/** Whether an answer may be written here, and what sending it does. */
import type { Detail } from '#lib/state/session-thread.svelte.ts';

export type Answering =
  | { may: true; leftMs: number | null; then: 'reopens' | 'takes' | null }
  | { may: false; because: 'view only' }
  | { may: false; because: 'never wrote' }
  | { may: false; because: 'window closed'; closedAt: string };

/** @param now epoch ms */
export function answeringOf(detail: Detail, now: number): Answering {
  if (detail.access === 'view') return { may: false, because: 'view only' };
  const then = thenOf(detail);
  // Comments are public: no window closes over them.
  if (detail.kind === 'comment') return { may: true, leftMs: null, then };
  const { windowOpenUntil } = detail;
  if (windowOpenUntil === null) return { may: false, because: 'never wrote' };
  const leftMs = Date.parse(windowOpenUntil) - now;
  if (leftMs <= 0) return { may: false, because: 'window closed', closedAt: windowOpenUntil };
  return { may: true, leftMs, then };
}

function thenOf({ status, waking, assignee }: Detail): 'reopens' | 'takes' | null {
  if (status === 'done' && !waking) return 'reopens';
  return assignee === null ? 'takes' : null;
}
