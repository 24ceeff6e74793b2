import type { AgentId, MessageId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { NO_CLOCKS, type Policy } from '../policy.ts';
import type { ClosingTextFate } from './event.ts';

/**
 * What a session's workflow knows: plain JSON, without text, names or tokens. Equal to the fold of its events,
 * but for `lastSeq`, which says how far the journal has been applied.
 */
export type Session = Lasting & (OpenPhase | ClosingPhase | DonePhase);

/** What outlives Done. */
type Lasting = {
  /** Version of this shape; older ones are lifted by upcasters. */
  v: 2;
  lastSeq: number;
  /** Rounds begun so far; 0 = never opened. */
  round: number;
  /** Waits begun so far. */
  waits: number;
  /** Assignments decided so far, the fruitless ones included: (session, number) names one for good. */
  assignments: number;
  /** Newest customer's message by seq: a Done that had not seen it is refused. */
  lastCustomerSeq: number;
  /** Who was in charge last, of this session or before somebody took it away from everybody (R4, R37). */
  lastAssignee: AgentId | null;
  policy: Policy;
  /** Outgoing messages whose end is not known yet, in the order in which they go out. */
  sends: Send[];
  /** Messages that ended failed or unconfirmed: a person may still retry or confirm them. Newest 50. */
  unsent: Unsent[];
};

/** In charge and waiting: what an open session has. */
type Serving = {
  assignee: AgentId | null;
  /** When the assignee got it; null while unassigned. */
  assignedAt: Instant | null;
  /** Since when there has been an assignee without a gap, one after the other; null while unassigned. */
  inChargeSince: Instant | null;
  /** In the waiting line since; null when not in it. While distribution is off the line stands still (R5). */
  inLineSince: Instant | null;
  supporters: AgentId[];
  /** Out of sight, its clocks stopped, until then (R59). */
  snoozedUntil: Instant | null;
  /** When the last snooze ended: the clocks run from here at the earliest. */
  awakeSince: Instant | null;
  wait: Wait | null;
  /** Acceptance of the staff's answer that is still the last message: auto-close runs from here. */
  closeFrom: Instant | null;
};

type OpenPhase = { status: 'open' } & Serving;
/** The closing text is on its way; until Done is committed anything that speaks for staying open leads back to `open`. */
type ClosingPhase = {
  status: 'closing';
  closingMessage: MessageId;
  /** What became of the text, once that is known: Done follows. */
  closingEnd: { at: Instant; fate: ClosingTextFate } | null;
} & Serving;
/** It stays with who was in charge when it was closed, until it is opened again (R37, R23). */
type DonePhase = { status: 'done'; doneAt: Instant | null; assignee: AgentId | null };

export type OpenSession = Lasting & (OpenPhase | ClosingPhase);

/** From the first unanswered customer's message to the answer. */
export type Wait = {
  no: number;
  startedAt: Instant;
  /** Unanswered messages, oldest first, never empty: [seq, arrival here]. */
  unanswered: [seq: number, at: Instant][];
  /** Everyone who was in charge during this wait; the time-out never goes back to one of them (R44). */
  tried: AgentId[];
  warnedAt: Instant | null;
  /** The deadline that was missed, however late that was noticed: the most late come first by it (R20). */
  overdueAt: Instant | null;
  /** The time-out found nobody for the present assignee; it rests until somebody else is in charge. */
  exhausted: boolean;
  /** The admins were told that nobody could be found: once per wait. */
  escalated: boolean;
};

export type Send = {
  messageId: MessageId;
  purpose: 'reply' | 'closing';
  /** Its place in the journal: it answers the customer's messages before it. */
  seq: number;
  author: AgentId | null;
  /** When the agent sent it: an accepted answer counts from then. */
  sentAt: Instant;
  /** Attempts recorded so far. */
  attempt: number;
  firstAttemptAt: Instant | null;
  phase: SendPhase;
  /** Withdrawn before anyone had claimed it; gone as soon as that is certain. */
  withdrawn: boolean;
};

export type SendPhase =
  | { name: 'queued'; notBefore: Instant }
  /** Handed out; if nobody reports by `lapsesAt`, the attempt is settled from what was recorded of it. */
  | { name: 'sending'; lapsesAt: Instant }
  /** Doubtful: the echo settles it, else one look at the conversation. */
  | { name: 'checking'; lookAt: Instant; looks: number };

export type Unsent = {
  messageId: MessageId;
  how: 'failed' | 'unconfirmed';
  /** Attempts so far; a retry counts on. */
  attempt: number;
  seq: number;
  author: AgentId | null;
  sentAt: Instant;
};

/** A session that nobody has opened yet. */
export const NEW_SESSION: Session = {
  v: 2,
  status: 'done',
  doneAt: null,
  assignee: null,
  lastSeq: 0,
  round: 0,
  waits: 0,
  assignments: 0,
  lastCustomerSeq: 0,
  lastAssignee: null,
  policy: NO_CLOCKS,
  sends: [],
  unsent: [],
};

/** Since when a session has been waiting to be given to somebody: its place in the waiting line. */
export function waitsSince(session: OpenSession, now: Instant): Instant {
  return session.inLineSince ?? session.wait?.startedAt ?? now;
}

/** Who was in charge during the wait that runs, the last of them last (R44, R58). */
export function triedBy(session: Session): AgentId[] {
  return isOpen(session) ? (session.wait?.tried ?? []) : [];
}

/** Open in the sense of the inbox: closing still counts. */
export function isOpen(session: Session): session is OpenSession {
  return session.status !== 'done';
}

/** What an answer reaches: the messages before its place in the journal or, from elsewhere, those that had come by then. */
export function isReached(
  [seq, at]: Wait['unanswered'][number],
  answer: { upToSeq: number | null; sentAt: Instant },
): boolean {
  return answer.upToSeq === null ? at <= answer.sentAt : seq < answer.upToSeq;
}

/** A staff reply whose end is not known holds the clocks of the wait that it may answer. */
export function holdsClocks(session: OpenSession): boolean {
  const firstUnanswered = session.wait?.unanswered[0]?.[0] ?? 0;
  return session.sends.some((send) => send.purpose === 'reply' && send.seq > firstUnanswered);
}
