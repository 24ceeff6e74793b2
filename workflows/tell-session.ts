/** How clients speak to a session's workflow: start it if need be, in one call that Temporal makes whole or not at all. */
import type { Client } from '@temporalio/client';
import type { ChannelId, CustomerId, SessionId, SessionKind } from '#domain/ids.ts';
import type { Entry } from '#domain/session/entry.ts';
import { journalSignal, SESSION_QUEUE, SESSION_WORKFLOW, sessionWorkflowId } from './messages.ts';
import { InboxChannel, InboxCustomer } from './search-attributes.ts';

export type ToldSession = {
  id: SessionId;
  channelId: ChannelId;
  customerId: CustomerId;
  kind: SessionKind;
};

/** A task of a dead worker is given to another after this; with the default a timer came 10 s late. */
const WORKFLOW_TASK_TIMEOUT = '3s';

/**
 * Entries for the session's run, or for a new one if none is alive. No entries = a check. Repeating is harmless.
 * @param inboxUrl where operators find the session in the inbox
 */
export async function startOrTell(
  client: Client,
  session: ToldSession,
  entries: readonly Entry[],
  inboxUrl?: string,
): Promise<void> {
  const { id: sessionId, channelId, customerId, kind } = session;
  await client.workflow.signalWithStart(SESSION_WORKFLOW, {
    workflowId: sessionWorkflowId(session),
    taskQueue: SESSION_QUEUE,
    args: [{ sessionId, channelId, customerId, kind }],
    signal: journalSignal,
    signalArgs: [[...entries]],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    staticSummary: kind === 'message' ? 'Conversation in messages' : 'Conversation in comments',
    ...(inboxUrl === undefined
      ? {}
      : {
          staticDetails: `[Open in the inbox](${new URL(`/inbox/main/${sessionId}`, inboxUrl).href})`,
        }),
    typedSearchAttributes: [
      { key: InboxChannel, value: channelId },
      { key: InboxCustomer, value: customerId },
    ],
  });
}

/** Entries for the session's run if one is alive; not found is fine, they wake nobody. */
export async function tellIfRunning(
  client: Client,
  session: ToldSession,
  entries: readonly Entry[],
): Promise<void> {
  try {
    await client.workflow.getHandle(sessionWorkflowId(session)).signal(journalSignal, [...entries]);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
  }
}
