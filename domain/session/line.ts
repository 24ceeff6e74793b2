import type { AgentId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { isOpen, type Session } from './session.ts';

/**
 * Whether what happened to a session is a reason to look through the waiting line (R48): it joined the line (a place
 * may be free by now), or with a capacity it gave a place back, or left the line without having used one.
 */
export function stirsLine(before: Session, after: Session, isLimited: boolean): boolean {
  const was = placesOf(before);
  const is = placesOf(after);
  if (is.inLine && !was.inLine) return true;
  if (!isLimited) return false;
  return (was.inLine && !is.inLine) || (was.holder !== null && was.holder !== is.holder);
}

/** Whether it stands in line, and whose place it takes: only open sessions in sight take one. */
export function placesOf(session: Session) {
  const isInSight = isOpen(session) && session.snoozedUntil === null;
  const holder: AgentId | null = isInSight ? session.assignee : null;
  return { inLine: standsInLineSince(session) !== null, holder };
}

/**
 * Its place in the waiting line; null = it is in none. A snoozed session keeps its place, and does not stand there; nor
 * does one that is being closed: whoever got it would lose it at once.
 */
export function standsInLineSince(session: Session): Instant | null {
  if (session.status !== 'open' || session.snoozedUntil !== null) return null;
  return session.inLineSince;
}
