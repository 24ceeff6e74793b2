import type { AgentId } from '../ids.ts';
import { NO_CLOCKS, type Clock, type Policy } from '../policy.ts';
import { NEW_SESSION, type Session } from './session.ts';

/**
 * A session as it was stored, lifted to the shape of today. Every version that was ever committed stays readable here:
 * rows of Postgres and what a run carried over live longer than the program that wrote them.
 * @param stored null = nobody has opened it yet
 */
export function upcast(stored: StoredSession | null): Session {
  if (stored === null) return NEW_SESSION;
  return stored.v === 1 ? fromV1(stored) : stored;
}

/** What a row may hold: any version. */
export type StoredSession = Session | SessionV1;

/** Before supporters, snoozing and business hours; when Done, nobody's. */
export type SessionV1 = {
  v: 1;
  status: Session['status'];
  lastAssignee: AgentId | null;
  policy: PolicyV1;
};

type ClockV1 = Omit<Clock, 'businessHours'>;
export type PolicyV1 = {
  version: number;
  autoClose: ClockV1;
  reassign: ClockV1;
  deadline: ClockV1 & { warnBeforeMs: number };
};

const SERVING_SINCE_V2 = {
  supporters: [],
  snoozedUntil: null,
  awakeSince: null,
};

function fromV1(stored: SessionV1): Session {
  const lifted = { ...stored, v: 2, policy: upcastPolicy(stored.policy) };
  // The rest of the shape is the same; what an open session has gained is added.
  return (stored.status === 'done'
    ? { ...lifted, assignee: stored.lastAssignee }
    : { ...lifted, ...SERVING_SINCE_V2 }) as unknown as Session;
}

/** Settings as an older event or run told them. */
export function upcastPolicy(stored: Policy | PolicyV1): Policy {
  const { version, autoClose, reassign, deadline } = stored;
  const { businessHours } = NO_CLOCKS.autoClose;
  return {
    version,
    autoClose: { businessHours, ...autoClose },
    reassign: { businessHours, ...reassign },
    deadline: { businessHours, ...deadline },
    hours: 'hours' in stored ? stored.hours : null,
  };
}
