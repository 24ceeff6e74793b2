import type { Instant } from '../instant.ts';
import { dueAfter, refreshAt, type Clock, type OpenHours } from '../policy.ts';
import type { SessionEvent } from './event.ts';
import { holdsClocks, isOpen, type OpenSession, type Session } from './session.ts';
import { nextSendDue } from './sends.ts';

export type ClockName = 'close' | 'reassign' | 'warning' | 'overdue' | 'wake';
export type DueClock = { clock: ClockName; at: Instant };

/** The session's running clocks and when each falls due, earliest first. Held clocks are not running. */
export function runningClocks(session: Session): DueClock[] {
  if (session.status !== 'open') return [];
  if (session.snoozedUntil !== null) return [{ clock: 'wake', at: session.snoozedUntil }];
  if (holdsClocks(session)) return [];
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
  const hours = isOpen(session) ? refreshAt(session.policy) : null;
  const times = [runningClocks(session)[0]?.at, nextSendDue(session), closingEnd, hours].filter(
    (at) => at != null,
  );
  return times.length === 0 ? null : Math.min(...times);
}

/** R43: the answer is the last message, and nothing has followed for that long. Snoozed sessions are left alone. */
export function closeDueAt(session: OpenSession): Instant | null {
  const { closeFrom, policy } = session;
  return closeFrom === null ? null : dueOf(session, policy.autoClose, closeFrom);
}

/** R44: from the later of the assignment and the wait's start. */
export function reassignDueAt(session: OpenSession): Instant | null {
  const { wait, assignedAt, policy } = session;
  if (wait === null || wait.exhausted || assignedAt === null) return null;
  return dueOf(session, policy.reassign, Math.max(wait.startedAt, assignedAt));
}

/** R45: from the later of the wait's start and the first assignment within it. Unassigned sessions have no deadline. */
export function responseDueAt(session: OpenSession): Instant | null {
  const { wait, inChargeSince, policy } = session;
  if (wait === null || inChargeSince === null) return null;
  return dueOf(session, policy.deadline, Math.max(wait.startedAt, inChargeSince));
}

/** R45: the warning before the response deadline; in business time too, so that it never comes while all are away. */
export function warningDueAt(session: OpenSession): Instant | null {
  const { wait, inChargeSince, policy } = session;
  if (wait === null || wait.overdueAt !== null || inChargeSince === null) return null;
  const { afterMs, warnBeforeMs } = policy.deadline;
  const warning = { ...policy.deadline, afterMs: afterMs - warnBeforeMs };
  return dueOf(session, warning, Math.max(wait.startedAt, inChargeSince));
}

/** R59: a snooze stops the clocks; after it they begin anew. */
function dueOf(session: OpenSession, running: Clock, from: Instant): Instant | null {
  if (!running.on || session.snoozedUntil !== null) return null;
  const hours: OpenHours | null = running.businessHours ? session.policy.hours : null;
  return dueAfter(Math.max(from, session.awakeSince ?? from), running.afterMs, hours);
}

/**
 * What time alone tells, the next of it up to a moment: the end of a snooze, a warning, a missed deadline. These need
 * nobody's leave, so they are told in the order of time even when they come late: an answer sent after the deadline
 * finds it missed, whenever the two are looked at.
 */
export function tellNext(session: Session, upTo: Instant, now: Instant): SessionEvent | null {
  if (!isOpen(session)) return null;
  const next = runningClocks(session).find(
    ({ clock: name, at }) => at <= upTo && name !== 'close' && name !== 'reassign',
  );
  if (next === undefined) return null;
  if (next.clock === 'wake')
    return { type: 'Woken', at: now, since: next.at, cause: 'time', by: null };
  const dueAt = responseDueAt(session);
  if (dueAt === null) return null;
  return next.clock === 'warning'
    ? { type: 'Warned', at: now, dueAt }
    : { type: 'Overdue', at: now, dueAt };
}

/** The earliest moment from which a clock of the session may run. */
export function clocksSince(session: Session, now: Instant): Instant {
  if (!isOpen(session)) return now;
  const { wait, assignedAt, closeFrom } = session;
  return Math.min(now, wait?.startedAt ?? now, assignedAt ?? now, closeFrom ?? now);
}

function clock(name: ClockName, at: Instant | null): DueClock | null {
  return at === null ? null : { clock: name, at };
}
