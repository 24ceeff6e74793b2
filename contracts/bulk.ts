import { z } from 'zod';
import { agentRef } from './agent.ts';
import { assignmentNote, saysWho } from './command.ts';
import { errorCode } from './errors.ts';
import { agentId, groupId, labelId, seq, sessionId } from './ids.ts';
import { text } from './text.ts';

const MOST_SESSIONS = 100;
const MOST_LABELS = 50;

/** What is done with each of the chosen sessions (R39). */
export const bulkAction = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('assign'),
      agent: agentId.optional(),
      /** Without a person: to whom of the group the mode picks, for each session anew. */
      group: groupId.optional(),
      /** Goes with each of them (R34). */
      note: assignmentNote,
      /** Who was in charge when the agent looked, null = nobody; a session that is not named is given away by whoever has it. */
      from: z.record(sessionId, agentId.nullable()).default({}),
    })
    .refine(...saysWho),
  /** Of those that nobody has: somebody else's are refused as TAKEN. */
  z.strictObject({ type: z.literal('take') }),
  z.strictObject({
    type: z.literal('label'),
    add: z.array(labelId).max(MOST_LABELS).default([]),
    remove: z.array(labelId).max(MOST_LABELS).default([]),
  }),
  z.strictObject({
    type: z.literal('done'),
    /** The newest seq that the agent had seen of each session; who has written since is not closed over. */
    seen: z.record(sessionId, seq),
  }),
  z.strictObject({ type: z.literal('read') }),
  z.strictObject({ type: z.literal('unread') }),
]);
export type BulkAction = z.infer<typeof bulkAction>;

export const bulkRequest = z
  .strictObject({
    sessions: z
      .array(sessionId)
      .min(1, 'Choose sessions.')
      .max(MOST_SESSIONS, `At most ${MOST_SESSIONS} sessions.`)
      .refine((ids) => new Set(ids).size === ids.length, 'Name each session once.'),
    action: bulkAction,
    /** New for every request: the same one again gets the outcomes so far, and nothing happens twice. */
    key: text().min(1).max(100),
  })
  .refine(
    ({ sessions, action }) =>
      action.type !== 'done' || sessions.every((id) => action.seen[id] !== undefined),
    { path: ['action', 'seen'], message: 'Say for each session what you have seen.' },
  )
  .meta({ id: 'BulkRequest' });
export type BulkRequest = z.infer<typeof bulkRequest>;

/** What became of it for one session: rights and state are looked at for each by itself. */
export const bulkOutcome = z
  .strictObject({
    session: sessionId,
    /** Pending: stored, and the outcome comes by the stream. */
    state: z.enum(['done', 'pending', 'refused']),
    /** Why it was refused. */
    code: errorCode.optional(),
    /** TAKEN: who is in charge by now; null = nobody. */
    assignee: agentRef.nullable().optional(),
  })
  .meta({ id: 'BulkOutcome' });
export type BulkOutcome = z.infer<typeof bulkOutcome>;

/** In the order of the request. */
export const bulkAnswer = z
  .strictObject({ outcomes: z.array(bulkOutcome) })
  .meta({ id: 'BulkAnswer' });
