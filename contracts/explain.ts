import { z } from 'zod';
import { agentRef } from './agent.ts';
import { traceStep } from './history.ts';
import { messageId, seq, sessionId } from './ids.ts';
import { instant } from './instant.ts';

const clockName = z.enum(['close', 'reassign', 'warning', 'overdue', 'wake']);

/** One decision about who gets the session, with how the rules came to it (R10). */
const decision = z
  .strictObject({
    no: z.int(),
    at: instant,
    how: z.enum(['automatic', 'manual', 'timeout']),
    /** Null = nobody could be found, or it was left to the waiting line. */
    agent: agentRef.nullable(),
    from: agentRef.nullable(),
    by: agentRef.nullable(),
    why: z.array(traceStep),
  })
  .meta({ id: 'AssignmentDecision' });

/** An outgoing message whose end is not known yet. */
const onItsWay = z.strictObject({
  messageId,
  purpose: z.enum(['reply', 'closing']),
  by: agentRef.nullable(),
  sentAt: instant,
  /** Attempts so far. */
  attempt: z.int(),
  phase: z.enum(['queued', 'sending', 'checking']),
  /** When time alone goes on with it. */
  nextAt: instant,
});

/** Why a session stands as it does, and what is going to happen to it: for its agents and for operators. */
export const explanation = z
  .strictObject({
    id: sessionId,
    status: z.enum(['open', 'closing', 'done']),
    round: z.int(),
    /** Of a Done session: who was when it was closed. */
    inCharge: agentRef.nullable(),
    supporters: z.array(agentRef),
    /** By which somebody was put in charge last; they need not be any more. */
    lastAssignment: decision.nullable(),
    /** The newest decision, if it found nobody. */
    lastFruitless: decision.nullable(),
    /** Its place in the waiting line, while it stands there; the line stands still while distribution is off (R5). */
    line: z.strictObject({ since: instant, before: z.int(), isMoving: z.boolean() }).nullable(),
    waitingSince: instant.nullable(),
    overdueAt: instant.nullable(),
    snoozedUntil: instant.nullable(),
    /** The running clocks, earliest first, and what happens then. */
    clocks: z.array(z.strictObject({ clock: clockName, dueAt: instant, effect: z.string() })),
    /** The clocks that stand still, and why. One that only follows the business hours has a due time nevertheless. */
    held: z.array(
      z.strictObject({
        clock: clockName,
        why: z.enum(['sending', 'snoozed', 'outside business hours']),
      }),
    ),
    sends: z.array(onItsWay),
    /** Messages that ended failed or unconfirmed: a person may retry or confirm them. */
    unsent: z.array(z.strictObject({ messageId, how: z.enum(['failed', 'unconfirmed']) })),
    /** How far the session's workflow has got: with nothing wrong, `waiting` is 0 within a second. */
    journal: z.strictObject({
      lastSeq: seq,
      deliveredSeq: seq,
      appliedSeq: seq,
      waiting: z.int(),
      /** Since when the oldest entry that waits has stood there. */
      waitingSince: instant.nullable(),
      /** When time alone asks something of it next. */
      nextDueAt: instant.nullable(),
    }),
    /** What the rules decided to do about its messages beside that (R16, R66): the newest message first, in their order. */
    actions: z.array(
      z.strictObject({
        type: z.enum(['comment_reply', 'private_reply', 'hide', 'like', 'away', 'first_contact']),
        messageId,
        state: z.enum(['decided', 'done', 'failed', 'skipped']),
        failure: z.string().nullable(),
        text: z.string().nullable(),
        createdAt: instant,
        endedAt: instant.nullable(),
        /** Which rule, and why. */
        trace: z.unknown(),
      }),
    ),
    /** All of it in plain words, as Temporal shows it. */
    text: z.string(),
    workflow: z.strictObject({ id: z.string(), url: z.string().nullable() }),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof explanation>;
