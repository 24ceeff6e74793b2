import type { AgentId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { responseDueAt } from './clocks.ts';
import type { SessionEvent } from './event.ts';
import { isOpen, isReached, type OpenSession, type Session, type Wait } from './session.ts';

export type StaffAnswer = {
  /** When it was accepted, or heard of: auto-close runs from here. */
  at: Instant;
  agent: AgentId | null;
  /** When the agent sent it: deadlines and statistics count from here. */
  sentAt: Instant;
  /** It answers the messages before this place in the journal; null = those that had arrived by `sentAt`. */
  upToSeq: number | null;
};

/** What a staff's answer does to the wait: ends it, and begins the next with what came after it was sent. */
export function answerEvents(session: Session, answer: StaffAnswer): SessionEvent[] {
  const { at, agent, sentAt, upToSeq } = answer;
  const answered: SessionEvent = { type: 'StaffAnswered', at, agent, sentAt, upToSeq };
  if (!isOpen(session) || session.wait === null) return [answered];
  const left = session.wait.unanswered.filter((message) => !isReached(message, answer));
  if (left.length === session.wait.unanswered.length) return [answered];
  const ends = waitEnd(session, 'answered', sentAt, at);
  const begins = left.length === 0 ? [] : [beginWait(session, left, at)];
  return [...missedBefore(session, sentAt, at), answered, ...ends, ...begins];
}

/** An answer sent after the deadline leaves it missed, even if the clock was held and never told so. */
function missedBefore(session: OpenSession, sentAt: Instant, at: Instant): SessionEvent[] {
  const dueAt = responseDueAt(session);
  if (dueAt === null || dueAt >= sentAt || session.wait?.overdueAt != null) return [];
  return [{ type: 'Overdue', at, dueAt }];
}

export function waitEnd(
  session: OpenSession,
  cause: 'answered' | 'done' | 'removed',
  endedAt: Instant,
  at = endedAt,
): SessionEvent[] {
  if (session.wait === null) return [];
  return [{ type: 'WaitEnded', at, no: session.wait.no, cause, endedAt }];
}

export function beginWait(
  session: Session,
  unanswered: Wait['unanswered'],
  at: Instant,
): SessionEvent {
  return { type: 'WaitStarted', at, no: session.waits + 1, unanswered };
}
