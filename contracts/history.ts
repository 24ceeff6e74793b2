import { z } from 'zod';
import { agentRef } from './agent.ts';
import { instant } from './instant.ts';

export const historyQuery = z.strictObject({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});
export type HistoryQuery = z.infer<typeof historyQuery>;

/** Who was looked at for an assignment, and why they were taken or passed over. */
const traceStep = z.strictObject({
  rule: z.string(),
  result: z.string(),
  candidates: z.array(z.strictObject({ agent: agentRef, taken: z.boolean(), why: z.string() })),
});

/** One thing that happened to a session (R22). */
export const historyEntry = z
  .strictObject({
    at: instant,
    type: z.enum([
      'opened',
      'assigned',
      'not_assigned',
      'unassigned',
      'escalated',
      'warned',
      'overdue',
      'close_cancelled',
      'done',
    ]),
    /** By whom; null = by the rules, a clock or the customer. */
    by: agentRef.nullable(),
    /** Whom it concerns: who was put in charge, or no longer is. */
    agent: agentRef.nullable(),
    /** Who was in charge before. */
    from: agentRef.nullable(),
    /** automatic, manual, timeout; customer, reply, by hand; agent, clock; … */
    how: z.string().nullable(),
    /** What who assigned it by hand wrote to the new assignee (R34). */
    note: z.string().nullable(),
    /** How the rules came to it (R10: "why me?"). */
    why: z.array(traceStep),
  })
  .meta({ id: 'HistoryEntry' });
export type HistoryEntry = z.infer<typeof historyEntry>;

export const historyPage = z
  .strictObject({ entries: z.array(historyEntry), cursor: z.string().nullable() })
  .meta({ id: 'HistoryPage' });
