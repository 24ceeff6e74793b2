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
function placesOf(session: Session) {
  if (!isOpen(session)) return { inLine: false, holder: null };
  const { inLineSince, snoozedUntil, assignee } = session;
  return { inLine: inLineSince !== null, holder: snoozedUntil === null ? assignee : null };
}
