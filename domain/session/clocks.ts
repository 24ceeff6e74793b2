import type { Instant } from '../instant.ts';
import { dueAfter } from '../policy.ts';
import type { SessionEvent } from './event.ts';
import { holdsClocks, isOpen, type OpenSession, type Session } from './session.ts';
import { nextSendDue } from './sends.ts';

export type ClockName = 'close' | 'reassign' | 'warning' | 'overdue';
export type DueClock = { clock: ClockName; at: Instant };

/** The session's running clocks and when each falls due, earliest first. Held clocks are not running. */
export function runningClocks(session: Session): DueClock[] {
  if (session.status !== 'open' || holdsClocks(session)) return [];
  const due = [
    clock('close', closeDueAt(session)),
    clock('reassign', reassignDueAt(session)),
    clock('warning', session.wait?.warnedAt == null ? warningDueAt(session) : null),
    clock('overdue', session.wait?.overdueAt == null ? responseDueAt(session) : null),
  ];
  return due.filter((one) => one !== null).sort((a, b) => a.at - b.at);
}

/** When something is to be done for the session by time alone, its outgoing messages included; null = nothing waits. */
export function nextDueAt(session: Session): Instant | null {
  const closingEnd = session.status === 'closing' ? session.closingEnd?.at : null;
  const times = [runningClocks(session)[0]?.at, nextSendDue(session), closingEnd].filter(
    (at) => at != null,
  );
  return times.length === 0 ? null : Math.min(...times);
}

/** R43: the answer is the last message, and nothing has followed for that long. */
export function closeDueAt(session: OpenSession): Instant | null {
  const { on, afterMs } = session.policy.autoClose;
  return on && session.closeFrom !== null ? dueAfter(session.closeFrom, afterMs) : null;
}

/** R44: from the later of the assignment and the wait's start. */
export function reassignDueAt(session: OpenSession): Instant | null {
  const { on, afterMs } = session.policy.reassign;
  const { wait, assignedAt } = session;
  if (!on || wait === null || wait.exhausted || assignedAt === null) return null;
  return dueAfter(Math.max(wait.startedAt, assignedAt), afterMs);
}

/** R45: from the later of the wait's start and the first assignment within it. Unassigned sessions have no deadline. */
export function responseDueAt(session: OpenSession): Instant | null {
  const { on, afterMs } = session.policy.deadline;
  const { wait, inChargeSince } = session;
  if (!on || wait === null || inChargeSince === null) return null;
  return dueAfter(Math.max(wait.startedAt, inChargeSince), afterMs);
}

/** R45: the warning before the response deadline. */
export function warningDueAt(session: OpenSession): Instant | null {
  const dueAt = responseDueAt(session);
  if (dueAt === null || session.wait?.overdueAt != null) return null;
  return dueAt - session.policy.deadline.warnBeforeMs;
}

/**
 * Warnings and missed deadlines up to a moment. They need nobody's leave, so they are told in the order of time
 * even when they come late: an answer sent after the deadline finds it missed, whenever the two are looked at.
 */
export function tellDeadlines(session: Session, upTo: Instant, now: Instant): SessionEvent[] {
  if (!isOpen(session)) return [];
  const dueAt = responseDueAt(session);
  if (dueAt === null) return [];
  return runningClocks(session)
    .filter(({ clock, at }) => at <= upTo && (clock === 'warning' || clock === 'overdue'))
    .map(({ clock }) =>
      clock === 'warning'
        ? { type: 'Warned', at: now, dueAt }
        : { type: 'Overdue', at: now, dueAt },
    );
}

function clock(name: ClockName, at: Instant | null): DueClock | null {
  return at === null ? null : { clock: name, at };
}
