import type { AgentId, MessageId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { Policy } from '../policy.ts';

/** What has happened to a session. Stored for good in session_event: history, statistics and rebuilding read it. */
export type SessionEvent = { at: Instant } & (
  | { type: 'Opened'; round: number; cause: OpeningCause; by: AgentId | null }
  | { type: 'MessageReceived'; seq: number; messageId: MessageId }
  | { type: 'WaitStarted'; no: number; unanswered: [seq: number, at: Instant][] }
  | { type: 'MessageRemoved'; seq: number }
  | { type: 'StaffAnswered'; agent: AgentId | null; sentAt: Instant; upToSeq: number | null }
  | { type: 'WaitEnded'; no: number; cause: 'answered' | 'done' | 'removed'; endedAt: Instant }
  | { type: 'ForeignMessage'; seq: number }
  | {
      type: 'Assigned';
      no: number;
      agent: AgentId;
      how: AssignmentHow;
      by: AgentId | null;
      from: AgentId | null;
    }
  | { type: 'NotAssigned'; no: number; how: AssignmentHow; cause: NotAssignedCause }
  | { type: 'Unassigned'; from: AgentId; cause: UnassignedCause; by: AgentId | null }
  | {
      type: 'SupportersChanged';
      supporters: AgentId[];
      added: AgentId[];
      removed: AgentId[];
      cause: 'by hand' | 'agent left';
      by: AgentId | null;
    }
  | { type: 'Snoozed'; until: Instant; by: AgentId }
  /** The clocks begin anew at `since`: a snooze ends on time, even if nobody was there to say so. */
  | { type: 'Woken'; since: Instant; cause: WokenCause; by: AgentId | null }
  | { type: 'Escalated'; cause: NotAssignedCause }
  | { type: 'Warned'; dueAt: Instant }
  | { type: 'WarningLifted' }
  | { type: 'Overdue'; dueAt: Instant }
  | {
      type: 'ReplyQueued';
      messageId: MessageId;
      seq: number;
      agent: AgentId;
      retry: boolean;
    }
  | { type: 'AttemptRecorded'; messageId: MessageId; attempt: number; lapsesAt: Instant }
  /** Nobody reported in time: what became of the attempt is read from what was recorded of it. */
  | { type: 'SettlementAsked'; messageId: MessageId; attempt: number; lapsesAt: Instant }
  | { type: 'SendRequeued'; messageId: MessageId; notBefore: Instant; why: 'later' | 'unclaimed' }
  | { type: 'SendDoubtful'; messageId: MessageId; lookAt: Instant }
  | { type: 'LookedAt'; messageId: MessageId; looks: number; lookAt: Instant }
  | { type: 'SendAccepted'; messageId: MessageId }
  | { type: 'SendFailed'; messageId: MessageId; reason: string }
  | { type: 'SendUnconfirmed'; messageId: MessageId }
  | { type: 'SendWithdrawn'; messageId: MessageId }
  | { type: 'CloseStarted'; messageId: MessageId }
  | { type: 'CloseCancelled'; by: 'customer' | 'agent' }
  | { type: 'MarkedDone'; cause: DoneCause; by: AgentId | null; closingText: ClosingTextFate }
  | { type: 'PolicyChanged'; policy: Policy }
);

export type OpeningCause = 'customer' | 'reply' | 'by hand';
export type AssignmentHow = 'automatic' | 'manual' | 'timeout';
export type NotAssignedCause =
  | 'distribution off'
  | 'nobody qualifies'
  /** R4: who was responsible is no longer of the team. */
  | 'responsible left'
  | 'behind others in line';
export type UnassignedCause = 'by hand' | 'agent left' | 'offline' | 'shift ended';
export type WokenCause = 'time' | 'customer' | 'agent';
export type DoneCause = 'agent' | 'clock' | 'removed';
/** What became of the closing text: sent, not configured, skipped because the messaging window had closed, … */
export type ClosingTextFate = 'none' | 'skipped' | 'sent' | 'failed' | 'unconfirmed';
