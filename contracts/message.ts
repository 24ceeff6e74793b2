import { z } from 'zod';
import { agentRef } from './agent.ts';
import { messageId, seq } from './ids.ts';
import { instant } from './instant.ts';

export const messageState = z.enum([
  'received',
  'queued',
  'sending',
  'sent',
  'delivered',
  'seen',
  'failed',
  'unconfirmed',
  'cancelled',
]);

export const messageQuery = z.strictObject({
  /** From the page before: leads to older messages. */
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type MessageQuery = z.infer<typeof messageQuery>;

export const message = z
  .strictObject({
    id: messageId,
    seq,
    /** `note`: for the team alone, never sent. */
    direction: z.enum(['in', 'out', 'note']),
    author: z.enum(['customer', 'agent', 'system', 'elsewhere', 'other_app']),
    agent: agentRef.nullable(),
    /** Null when there is none, or when it was taken back. */
    text: z.string().nullable(),
    /** Who is named in a note (R38), by name. */
    mentions: z.array(agentRef),
    attachments: z.array(
      z.strictObject({
        kind: z.string(),
        url: z.string().nullable(),
        title: z.string().nullable(),
      }),
    ),
    /** When it happened at the platform: the time to show. */
    occurredAt: instant,
    receivedAt: instant,
    /** It came over two minutes late: show "arrived 14:05" beside it. */
    arrivedLate: z.boolean(),
    state: messageState,
    /** Why it was not sent. */
    failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
    edited: z.boolean(),
    removed: z.boolean(),
    /** The platform's id of a comment; null for a private message, and until the platform has named it. */
    commentId: z.string().nullable(),
    /** The top-level comment under which the platform shows this one; null = it is one, or is no comment. */
    parent: z.string().nullable(),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof message>;

export const messagePage = z
  .strictObject({
    /** Oldest first; the first page is the newest. */
    messages: z.array(message),
    /** Leads to the page before these; null = there are no older ones. */
    cursor: z.string().nullable(),
    /** Who has read these has seen the session up to here: `seenSeq` of a reply or of Done. */
    seenSeq: seq,
  })
  .meta({ id: 'MessagePage' });

/** A message's failure in plain words. An unknown reason is said to be one. */
export function failureWords(code: string): string {
  return words[code] ?? `The platform refused it (${code}).`;
}

const words: Record<string, string> = {
  outside_window: "The platform's messaging window was closed.",
  person_unavailable: 'This person cannot be written to any more.',
  token_invalid: "The channel's token has expired: an admin must connect the channel again.",
  permission_missing: 'The channel lacks a permission: an admin must connect it again.',
  account_blocked: 'The platform has restricted this channel from sending.',
  other_app_in_control: 'Another app is in control of this conversation.',
  invalid_request: 'The platform did not accept the message as it is.',
  comment_gone: 'The comment was deleted, or may not be answered any more.',
  duplicate: 'The platform takes it for a repetition of a comment that is there already.',
  rate_limited: 'The platform took no messages for an hour. Try again later.',
};
