import { z } from 'zod';
import { agentRef } from './agent.ts';
import { agentId, channelId, customerId, labelId, seq, sessionId } from './ids.ts';
import { instant } from './instant.ts';
import { text } from './text.ts';

export const sessionKind = z.enum(['message', 'comment']);
/**
 * R20. All but `done`, `snoozed` and `all` hold only open sessions that are not snoozed; `all` is for searching and for
 * exports.
 */
export const sessionView = z.enum([
  'main',
  'unassigned',
  'mine',
  'supporting',
  'unread',
  'overdue',
  'snoozed',
  'done',
  'all',
]);
export type SessionView = z.infer<typeof sessionView>;

/** A list holds the sessions of its view that pass all filters which are given. */
export const sessionFilter = z.strictObject({
  channel: channelId.optional(),
  platform: z.enum(['facebook', 'instagram']).optional(),
  kind: sessionKind.optional(),
  view: sessionView.default('main'),
  /** In charge; of Done sessions: who was when it was closed. */
  assignee: agentId.optional(),
  label: labelId.optional(),
  /** The platform's id of the post under which the comments stand. */
  post: text().min(1).max(500).optional(),
  /** When something was written last: from then on, and before then. */
  from: instant.optional(),
  to: instant.optional(),
  /** Whether the customer has told a phone number. */
  hasPhone: z.stringbool().optional(),
  /** Whether the messaging window is open, but not much longer. */
  closing: z.stringbool().optional(),
  /**
   * Words of the customer's name or of one message, or the end of a phone number. Accents and capital letters do not
   * count; of the last word the beginning is enough.
   */
  q: text().trim().min(1).max(200).optional(),
});
export type SessionFilter = z.infer<typeof sessionFilter>;

export const sessionQuery = sessionFilter.extend({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type SessionQuery = z.infer<typeof sessionQuery>;

/** A session as the lists show it. */
export const sessionRow = z
  .strictObject({
    id: sessionId,
    channelId,
    kind: sessionKind,
    customer: z.strictObject({
      id: customerId,
      name: z.string().nullable(),
      pictureUrl: z.string().nullable(),
    }),
    status: z.enum(['open', 'closing', 'done']),
    /** Something has come in that reopens it, and that is about to be taken in. */
    waking: z.boolean(),
    /** Null = nobody. A Done session stays with who was in charge when it was closed. */
    assignee: agentRef.nullable(),
    /** Who helps, and whether the viewer is among them: "Support" (R19). */
    supporters: z.array(agentRef),
    supporting: z.boolean(),
    /** In the order of the list of labels. */
    labels: z.array(z.strictObject({ id: labelId, name: z.string(), color: z.string() })),
    lastMessageAt: instant,
    preview: z.string().nullable(),
    previewBy: z.enum(['customer', 'page']),
    /** Customer's messages that the viewer has not read, counted up to a limit: 100 means "99+". */
    unread: z.int(),
    /** Since when the customer has been waiting for an answer. */
    waitingSince: instant.nullable(),
    /** The response deadline (R45), when its warning was told, and since when it has been missed. */
    dueAt: instant.nullable(),
    warnedAt: instant.nullable(),
    overdueAt: instant.nullable(),
    /** It comes back then, or when the customer writes (R59). */
    snoozedUntil: instant.nullable(),
    closedAt: instant.nullable(),
  })
  .meta({ id: 'SessionRow' });
export type SessionRow = z.infer<typeof sessionRow>;

export const sessionPage = z
  .strictObject({
    sessions: z.array(sessionRow),
    /** Hand it back for the next page; null = this was the last. */
    cursor: z.string().nullable(),
  })
  .meta({ id: 'SessionPage' });

/** One session, with what its clocks are going to do. */
export const sessionDetail = sessionRow
  .extend({
    /** What the viewer may do here. */
    access: z.enum(['view', 'act']),
    round: z.int(),
    closedBy: agentRef.nullable(),
    /** The running clocks, earliest first. */
    clocks: z.array(
      z.strictObject({
        clock: z.enum(['close', 'reassign', 'warning', 'overdue', 'wake']),
        dueAt: instant,
      }),
    ),
    /** The clocks are held: an answer is on its way. */
    clocksHeld: z.boolean(),
    /** Until when the platform lets us write freely; null = the customer has never written. */
    windowOpenUntil: instant.nullable(),
    /** Under which the comments stand; null for private messages. What the platform did not tell is null. */
    post: z
      .strictObject({
        id: z.string(),
        text: z.string().nullable(),
        permalink: z.string().nullable(),
      })
      .nullable(),
    /** Where an operator finds the session in Temporal. */
    workflow: z.strictObject({ id: z.string(), url: z.string().nullable() }),
  })
  .meta({ id: 'Session' });
export type SessionDetail = z.infer<typeof sessionDetail>;

/** The counters follow the same filters as the lists that they stand beside, but for what is searched. */
export const countsQuery = sessionFilter.omit({ view: true, q: true });
export type CountsQuery = z.infer<typeof countsQuery>;

/** How many sessions each view lists, counted up to a limit: 100 means "99+". */
export const sessionCounts = z
  .strictObject({
    main: z.int(),
    unassigned: z.int(),
    mine: z.int(),
    supporting: z.int(),
    unread: z.int(),
    overdue: z.int(),
    snoozed: z.int(),
    done: z.int(),
    /**
     * Unread messages and comments in open sessions that are the viewer's, supported by them, or nobody's (R18),
     * whatever the filter.
     */
    menu: z.strictObject({ message: z.int(), comment: z.int() }),
  })
  .meta({ id: 'SessionCounts' });
export type SessionCounts = z.infer<typeof sessionCounts>;

/** Up to where the viewer has read a session. */
export const readRequest = z.strictObject({ seq }).meta({ id: 'Read' });
