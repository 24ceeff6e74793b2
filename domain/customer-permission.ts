import type { AgentId } from './ids.ts';
import type { Access } from './permission.ts';

type InCharge = { assignee: AgentId | null; supporters: readonly AgentId[] };

const NOBODYS: InCharge = { assignee: null, supporters: [] };

/**
 * What one may do with a customer: as much as with that session of theirs with which one may do the most. Who has no
 * session yet is as free as a session in nobody's charge.
 * @param accessToSession what one may do with a session of the customer's channel (R23)
 */
export function accessToCustomer(
  sessions: readonly InCharge[],
  accessToSession: (session: InCharge) => Access,
): Access {
  const asked = sessions.length === 0 ? [NOBODYS] : sessions;
  const allowed = asked.map(accessToSession);
  if (allowed.includes('act')) return 'act';
  return allowed.includes('view') ? 'view' : 'none';
}
