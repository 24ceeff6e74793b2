import type { SessionKind } from './ids.ts';
import { DAY, type Instant } from './instant.ts';

/** Meta's standard messaging window: 24 hours. Source: Messenger Platform policy, "24-hour standard messaging window". */
const STANDARD_WINDOW_MS = DAY;

/**
 * Until when the platform lets us write freely, counted from the customer's own event at Meta (R26).
 * @returns null when the customer has never written
 */
export function windowOpenUntil(lastCustomerEventAt: Instant | null): Instant | null {
  return lastCustomerEventAt === null ? null : lastCustomerEventAt + STANDARD_WINDOW_MS;
}

export function isWindowOpen(lastCustomerEventAt: Instant | null, now: Instant): boolean {
  const until = windowOpenUntil(lastCustomerEventAt);
  return until !== null && now < until;
}

/** Whether we may write in a session now. What is said in public, under a post, is bound by no window (R26). */
export function mayWrite(
  kind: SessionKind,
  lastCustomerEventAt: Instant | null,
  now: Instant,
): boolean {
  return kind === 'comment' || isWindowOpen(lastCustomerEventAt, now);
}

/** Whether a customer's message of this kind opens the messaging window: a comment does not (R26). */
export function opensWindow(kind: SessionKind): boolean {
  return kind === 'message';
}
