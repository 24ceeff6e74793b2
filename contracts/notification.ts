import { z } from 'zod';
import { agentRef } from './agent.ts';
import { channelId, sessionId } from './ids.ts';
import { instant } from './instant.ts';
import { sessionKind } from './session.ts';

export const notificationId = z.string().regex(/^[\w-]{1,64}$/, 'Not an id.');

export const notificationQuery = z.strictObject({
  /** Only those that are not read yet. */
  unread: z.stringbool().default(false),
  /** From the page before: leads to older ones. */
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type NotificationQuery = z.infer<typeof notificationQuery>;

/** What an agent is told, wherever they are (R60). */
export const notification = z
  .strictObject({
    id: notificationId,
    type: z.enum([
      'assigned',
      'invited',
      'warned',
      'overdue',
      'mentioned',
      'escalated',
      'failed_send',
    ]),
    /** It asks "View conversation now" or "Later" (R34); the others only sound. */
    popup: z.boolean(),
    createdAt: instant,
    readAt: instant.nullable(),
    session: z.strictObject({
      id: sessionId,
      kind: sessionKind,
      channelId,
      customerName: z.string().nullable(),
    }),
    /** What who assigned it wrote, or the note in which one is mentioned. */
    note: z.string().nullable(),
    /** Who assigned, invited or mentioned; null = the rules or a clock. */
    by: agentRef.nullable(),
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof notification>;

/** Newest first, without what has become pointless: an assignment to who is no longer in charge, an invitation to who no longer supports. */
export const notificationList = z
  .strictObject({
    notifications: z.array(notification),
    /** Leads to the page after these; null = there are no older ones. */
    cursor: z.string().nullable(),
  })
  .meta({ id: 'NotificationList' });
