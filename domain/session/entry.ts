import type { AgentId, CommandId, GroupId, MessageId } from '../ids.ts';
import type { Instant } from '../instant.ts';

/** One row of a session's journal: ids, kinds and times; never text. */
export type Entry = { seq: number; at: Instant } & Fact;

export type Fact =
  /** A customer's message (text, attachment, sticker, postback); `at` of the entry is its arrival here. */
  | { kind: 'customer_message'; messageId: MessageId }
  /** All that the customer wrote at `ofSeq` was taken back. */
  | { kind: 'customer_message_removed'; ofSeq: number }
  /** Nothing that the customer wrote under the post stands there any more, or the post itself is gone. */
  | { kind: 'comments_removed' }
  | { kind: 'reply'; commandId: CommandId; messageId: MessageId; agent: AgentId }
  | { kind: 'command'; commandId: CommandId; agent: AgentId; expiresAt: Instant; command: Command }
  /** A message that did not come from us: `answer` when a person wrote it in the platform's own tools. */
  | { kind: 'foreign_message'; messageId: MessageId; answer: boolean; sentAt: Instant }
  | { kind: 'send_outcome'; send: SendReport }
  | { kind: 'settings_changed'; version: number }
  /** A place is free: give it to the session if it still stands in the waiting line. */
  | { kind: 'agent_available' }
  /** Disabled or no longer of the team; or away, and what waits is handed back (R57, R58). Absent = left. */
  | { kind: 'agent_left'; agent: AgentId; cause?: LeavingCause }
  /** A newer version of the program serves the session from here on: the run is carried over into a new one. */
  | { kind: 'migrate' };

export type LeavingCause = 'left' | 'offline' | 'shift ended';

export type Command =
  | { type: 'take'; from: AgentId | null }
  | { type: 'assign'; from: AgentId | null; agent: AgentId }
  /** To whom of the group the mode picks (R34). */
  | { type: 'assign'; from: AgentId | null; group: GroupId }
  | { type: 'unassign'; from: AgentId }
  | { type: 'done'; seenSeq: number }
  | { type: 'reopen' }
  /** All who help from now on, besides the assignee (R35). */
  | { type: 'supporters'; agents: AgentId[] }
  | { type: 'snooze'; until: Instant }
  | { type: 'unsnooze' }
  | { type: 'retry'; messageId: MessageId }
  | { type: 'confirm'; messageId: MessageId; arrived: boolean };

/** What was learned of an outgoing message. */
export type SendReport = {
  messageId: MessageId;
  /** The attempt that this speaks of; null when the platform itself told (an echo). */
  attempt: number | null;
  result: SendResult;
};

export type SendResult =
  | { is: 'sent' }
  | { is: 'failed'; reason: string }
  | { is: 'later'; notBefore: Instant }
  /** It may have arrived. */
  | { is: 'unknown' }
  /** Nobody had begun with it, and nobody can any more. */
  | { is: 'unclaimed' }
  /** The conversation was looked at and does not show it, or could not be read. */
  | { is: 'not_shown' };

/** Kinds that wake a Done session; the others only reach a run that is alive. */
export const STARTING_KINDS: readonly Fact['kind'][] = ['customer_message', 'reply', 'command'];
