import type { AgentId } from './ids.ts';

/** Why a command is not followed. A value, not an exception: a throw would fail the workflow's task. */
export type Refusal = { code: RefusalCode; assignee?: AgentId | null };

export type RefusalCode =
  /** Another agent is in charge by now, or the writer may no longer act here. */
  | 'TAKEN'
  /** A customer's message came in that the agent had not seen. */
  | 'NEW_MESSAGE'
  | 'SESSION_DONE'
  | 'EXPIRED'
  | 'NOT_IN_TEAM'
  /** Of the group that was asked for nobody qualifies at the moment. */
  | 'NOBODY_AVAILABLE'
  /** The message is not one that failed or is unconfirmed. */
  | 'NOTHING_TO_RETRY';
