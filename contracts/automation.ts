import { z } from 'zod';
import { messageId, sessionId } from './ids.ts';
import { instant } from './instant.ts';

export const automaticParams = z.strictObject({ id: sessionId });

/** What the rules do by themselves about a customer's message (R16, R66). */
export const automaticAction = z
  .strictObject({
    id: z.string(),
    /** The message or comment that it follows. */
    messageId,
    type: z.enum(['comment_reply', 'private_reply', 'hide', 'like', 'away', 'first_contact']),
    text: z.string().nullable(),
    state: z.enum(['decided', 'done', 'failed', 'skipped']),
    /** Why it failed or was skipped. */
    failure: z.string().nullable(),
    /** How the rules came to it. */
    why: z.strictObject({
      reason: z.enum([
        'rule',
        'contact',
        'every comment',
        'outside business hours',
        'first contact',
      ]),
      /** The rules that were looked at, by their place in the list, up to the one that was taken. */
      rules: z.array(
        z.strictObject({
          rule: z.int(),
          result: z.enum(['another post', 'no keyword', 'taken']),
          keyword: z.string().nullable(),
        }),
      ),
    }),
    createdAt: instant,
    endedAt: instant.nullable(),
  })
  .meta({ id: 'AutomaticAction' });
export type AutomaticActionView = z.infer<typeof automaticAction>;

/** Newest first; those of one message in the order in which they are carried out. */
export const automaticActionList = z
  .strictObject({ actions: z.array(automaticAction) })
  .meta({ id: 'AutomaticActionList' });
