import { z } from 'zod';
import { agentRef } from './agent.ts';
import { instant } from './instant.ts';
import { text } from './text.ts';

const word = text().min(1).max(100);

export const auditQuery = z.strictObject({
  /** What was changed: `channel` for all channels, or the id of one. */
  subject: word.optional(),
  /** What was done: `channel.assignment.changed`, or `channel` for all that begins so. */
  action: word.optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type AuditQuery = z.infer<typeof auditQuery>;

/** Who changed what, and when (R55). */
export const auditEntry = z
  .strictObject({
    id: z.string(),
    at: instant,
    /** Null = the installation itself. */
    by: agentRef.nullable(),
    action: z.string(),
    subject: z.strictObject({
      type: z.string(),
      id: z.string().nullable(),
      /** As it is called by now; null = it has no name, or is gone. */
      name: z.string().nullable(),
    }),
    /** As far as it changed. */
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof auditEntry>;

/** Newest first. */
export const auditPage = z
  .strictObject({ entries: z.array(auditEntry), cursor: z.string().nullable() })
  .meta({ id: 'AuditPage' });
