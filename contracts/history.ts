import { z } from 'zod';
import { agentRef } from './agent.ts';
import { messageId } from './ids.ts';
import { instant } from './instant.ts';

export const historyQuery = z.strictObject({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});
export type HistoryQuery = z.infer<typeof historyQuery>;

/** Who was looked at for an assignment, and why they were taken or passed over. */
export const traceStep = z.strictObject({
  rule: z.string(),
  result: z.string(),
  /** The keyword that was found, or the group that was asked for. */
  about: z.string().nullable(),
  /** Whom the keyword's rule names: a group or a user. */
  target: z.string().nullable(),
  candidates: z.array(z.strictObject({ agent: agentRef, taken: z.boolean(), why: z.string() })),
});
export type TraceStep = z.infer<typeof traceStep>;

/** One thing that happened to a session (R22). */
export const historyEntry = z
  .strictObject({
    at: instant,
    type: z.enum([
      'opened',
      'assigned',
      'not_assigned',
      'unassigned',
      'supporters',
      'snoozed',
      'woken',
      'escalated',
      'warned',
      'overdue',
      'close_cancelled',
      'done',
      'label_added',
      'label_removed',
      'note',
      'moderation',
      'owner_changed',
    ]),
    /** By whom; null = by the rules, a clock or the customer. */
    by: agentRef.nullable(),
    /** Whom it concerns: who was put in charge, or no longer is; who is responsible for the customer by now. */
    agent: agentRef.nullable(),
    /** Who was in charge, or responsible, before. */
    from: agentRef.nullable(),
    /** Supporters who were invited, and who no longer help. */
    added: z.array(agentRef),
    removed: z.array(agentRef),
    /** automatic, manual, timeout; customer, reply, by hand; agent, clock; what was moderated: hide, delete, like … */
    how: z.string().nullable(),
    /** Snoozed until then. */
    until: instant.nullable(),
    /** What became of the closing text (R43): none, skipped, sent, failed, unconfirmed. */
    closingText: z.string().nullable(),
    /** Which label it was. */
    label: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
    /** The note or the comment that it is about. */
    messageId: messageId.nullable(),
    /** The internal note, or what who assigned it by hand wrote to the new assignee (R34). */
    note: z.string().nullable(),
    /** How the rules came to it (R10: "why me?"). */
    why: z.array(traceStep),
  })
  .meta({ id: 'HistoryEntry' });
export type HistoryEntry = z.infer<typeof historyEntry>;

export const historyPage = z
  .strictObject({ entries: z.array(historyEntry), cursor: z.string().nullable() })
  .meta({ id: 'HistoryPage' });
