import type { Instant } from './instant.ts';
import type { Clock, Policy } from './policy.ts';
import { runningClocks, type ClockName } from './session/clocks.ts';
import { holdsClocks, type Session } from './session/session.ts';

export type HeldClock = { clock: ClockName; why: HoldReason };
/** A reply is on its way and may answer; snoozed (R59); the clock follows the business hours and they are over (R46). */
export type HoldReason = 'sending' | 'snoozed' | 'outside business hours';

/** The clocks that would run, but stand still now, and why. */
export function heldClocks(session: Session, now: Instant): HeldClock[] {
  if (session.status !== 'open') return [];
  // Without the hours, so that a clock that stands still for longer than they are known is among them.
  const policy = { ...session.policy, hours: null };
  const running = runningClocks({ ...session, policy, snoozedUntil: null, sends: [] });
  if (session.snoozedUntil !== null) return running.map(({ clock }) => ({ clock, why: 'snoozed' }));
  if (holdsClocks(session)) return running.map(({ clock }) => ({ clock, why: 'sending' }));
  if (isWithinHours(session.policy, now)) return [];
  return running
    .filter(({ clock }) => settingOf(session.policy, clock)?.businessHours)
    .map(({ clock }) => ({ clock, why: 'outside business hours' }));
}

function isWithinHours({ hours }: Policy, now: Instant): boolean {
  return hours === null || hours.open.some(([opens, closes]) => opens <= now && now < closes);
}

function settingOf(policy: Policy, clock: ClockName): Clock | null {
  switch (clock) {
    case 'close':
      return policy.autoClose;
    case 'reassign':
      return policy.reassign;
    case 'warning':
    case 'overdue':
      return policy.deadline;
    case 'wake':
      return null;
  }
}
