import type { Instant } from '../instant.ts';
import { closeDueAt } from './clocks.ts';
import type { SessionEvent } from './event.ts';
import type { OpenSession } from './session.ts';

/**
 * R43: what follows a close that has fallen due, but is not done yet, cancels it for good. Before that
 * only messages stop the clock, and those do so by being the last one.
 */
export function staysOpen(
  session: OpenSession,
  at: Instant,
  by: 'customer' | 'agent',
): SessionEvent[] {
  const dueAt = closeDueAt(session);
  const isDue = session.status === 'closing' || (dueAt !== null && dueAt <= at);
  return isDue ? cancelled(at, by) : [];
}

/** A close that has begun ends with what is done now by other means. */
export function cancelClose(
  session: OpenSession,
  at: Instant,
  by: 'customer' | 'agent',
): SessionEvent[] {
  return session.status === 'closing' ? cancelled(at, by) : [];
}

function cancelled(at: Instant, by: 'customer' | 'agent'): SessionEvent[] {
  return [{ type: 'CloseCancelled', at, by }];
}
