/** What is said about a message that goes out, and what may be done about it. */
import { ACCEPTED } from '#domain/accepted.ts';
import type { ThreadMessage } from '#lib/state/session-thread.svelte.ts';

export type OutgoingLook = {
  state:
    'queued' | 'sending' | 'sent' | 'delivered' | 'seen' | 'failed' | 'unconfirmed' | 'cancelled';
  tone: 'calm' | 'bad' | 'doubt';
};

/** @returns null when nothing is to be said */
export function outgoingLook(
  { direction, state, removed }: ThreadMessage,
  { endsGroup }: { endsGroup: boolean },
): OutgoingLook | null {
  if (direction !== 'out' || state === 'received' || removed) return null;
  // All is well with one in the middle of a group: the last one says it for all.
  if (!endsGroup && ACCEPTED.includes(state)) return null;
  if (state === 'failed') return { state, tone: 'bad' };
  return { state, tone: state === 'unconfirmed' ? 'doubt' : 'calm' };
}
