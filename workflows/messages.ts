import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ChannelId, CustomerId, SessionId, SessionKind } from '#domain/ids.ts';
import type { Entry } from '#domain/session/entry.ts';
import type { Session } from '#domain/session/session.ts';

/** The name under which Temporal knows the workflow of a session. */
export const SESSION_WORKFLOW = 'conversationSession';
/** Sessions and their commits share a queue, so that a commit can start on the worker that asked for it. */
export const SESSION_QUEUE = 'sessions';
/** Calls to the platform have a queue of their own: a slow Meta must not keep commits waiting. */
export const SEND_QUEUE = 'sends';

export type SessionInput = {
  sessionId: SessionId;
  channelId: ChannelId;
  customerId: CustomerId;
  kind: SessionKind;
  /** Present when the run continues another. */
  carry?: Carried;
};
export type Carried = { session: Session; run: number; version: number };

/**
 * Entries of the session's journal, in order; repeating them is harmless. An empty array is a `check`: read
 * anew what was committed and what waits. One signal for all, because the order among different names is lost in a first task.
 */
export const journalSignal = defineSignal<[Entry[]]>('journal');

export type SessionView = { session: Session | null; version: number; waiting: number };
export const viewQuery = defineQuery<SessionView>('view');
/** In plain words: in whose charge, why, and what happens next and when. */
export const explainQuery = defineQuery<string>('explain');

export function sessionWorkflowId(session: { id: SessionId; channelId: ChannelId }): string {
  return `session/${session.channelId}/${session.id}`;
}
