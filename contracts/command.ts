import { z } from 'zod';
import { agentId, commandId, groupId, messageId, seq } from './ids.ts';
import { instant } from './instant.ts';
import { messageState } from './message.ts';
import { text } from './text.ts';

const key = z
  .string('Send an Idempotency-Key header: any text that is new for each request.')
  .min(1)
  .max(200);

/**
 * The key names a request for good: the same key again gets the outcome so far, and nothing happens twice.
 * `Prefer: respond-async` (RFC 7240) asks not to wait for the outcome: 202 as soon as the request is stored, and a
 * refusal comes by the stream, or by the same key again.
 */
export const askHeaders = z.object({
  prefer: z.string().max(200).optional(),
  'idempotency-key': key,
});

const MOST_SUPPORTERS = 20;
const MOST_MENTIONS = 20;

/** Of an internal note, in characters. */
const NOTE_LENGTH = 2_000;

/** What the agent had seen; a condition for `done` alone. */
const seen = { seenSeq: seq.optional() };
/** For the team alone (R34): kept in the thread and in the history once the command is carried out. */
export const assignmentNote = text().trim().max(NOTE_LENGTH).optional();
/** Of an assignment: to a person, to whom of a group the mode picks, or to a person of a group. */
export const saysWho = [
  ({ agent, group }: { agent?: unknown; group?: unknown }) =>
    agent !== undefined || group !== undefined,
  { path: ['agent'], message: 'Say who is to take charge: a person, or a group.' },
] satisfies [unknown, unknown];
/** Who was in charge when the agent looked; null or absent = nobody. */
const from = agentId.nullable().default(null);

export const commandRequest = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('take'), from, note: assignmentNote, ...seen }),
    z
      .strictObject({
        type: z.literal('assign'),
        from,
        agent: agentId.optional(),
        /** Without a person: to whom of the group the mode picks. With one it only says where they were chosen. */
        group: groupId.optional(),
        note: assignmentNote,
        ...seen,
      })
      .refine(...saysWho),
    z.strictObject({ type: z.literal('unassign'), from: agentId, ...seen }),
    z.strictObject({ type: z.literal('done'), seenSeq: seq }),
    z.strictObject({ type: z.literal('reopen'), ...seen }),
    /** All who are to help from now on (R35). */
    z.strictObject({
      type: z.literal('supporters'),
      agents: z.array(agentId).max(MOST_SUPPORTERS),
      ...seen,
    }),
    /** Out of sight until then, at most a year (R59). */
    z.strictObject({ type: z.literal('snooze'), until: instant, ...seen }),
    z.strictObject({ type: z.literal('unsnooze'), ...seen }),
    z.strictObject({ type: z.literal('retry'), messageId, ...seen }),
    z.strictObject({ type: z.literal('confirm'), messageId, arrived: z.boolean(), ...seen }),
  ])
  .meta({ id: 'Command' });
export type CommandRequest = z.infer<typeof commandRequest>;

export const commandAnswer = z
  .strictObject({ commandId, state: z.enum(['done', 'pending']) })
  .meta({ id: 'CommandAnswer' });

export const replyRequest = z
  .strictObject({
    text: text().refine((written) => written.trim() !== '', 'Write something.'),
    seenSeq: seq,
    /** In a comment session: which comment it answers; absent = the customer's newest. */
    commentId: text().min(1).max(1_000).optional(),
  })
  .meta({ id: 'Reply' });
export type ReplyRequest = z.infer<typeof replyRequest>;

/** An internal note (R38), never sent to the customer. */
export const noteRequest = z
  .strictObject({
    text: text().trim().min(1, 'Write something.').max(NOTE_LENGTH),
    /** Who is told of it: people of the channel's team. */
    mentions: z.array(agentId).max(MOST_MENTIONS).default([]),
  })
  .meta({ id: 'Note' });

/** With a key a note that is sent again is written once. */
export const noteHeaders = z.object({ 'idempotency-key': key.optional() });

export const noteAnswer = z.strictObject({ messageId }).meta({ id: 'NoteAnswer' });

export const replyAnswer = z
  .strictObject({ commandId, messageId, seq, state: messageState })
  .meta({ id: 'ReplyAnswer' });
