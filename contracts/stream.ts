import { z } from 'zod';
import { agentRef } from './agent.ts';
import { errorCode } from './errors.ts';
import { commandId, sessionId } from './ids.ts';

/**
 * What the server pushes to a browser (GET /api/stream). Small on purpose: the browser asks again for what it shows.
 * - `change`: the session, a message of it or a notification about it is not as it was
 * - `gone`: the viewer may no longer see the session
 * - `command`: what became of a command or reply that was answered with 202
 * - `reset`: too much was missed, or the viewer's rights changed; load everything again
 * - `beat`: the connection is alive. A browser answers with POST /api/me/presence/beat: a connection can die without
 *   either side being told (a laptop is closed), and whoever does not answer is not at the desk (R58). When no beat has
 *   come for three times as long as one says, the connection is dead.
 */
export const streamEvents = {
  change: z.strictObject({
    sessionId,
    topic: z.enum(['session', 'message', 'notification']),
    /** The message or notification that it is about. */
    subject: z.string().nullable(),
    /** Rises with every change: an answer that is older than this need not be shown. */
    version: z.int(),
  }),
  gone: z.strictObject({ sessionId, version: z.int() }),
  command: z.strictObject({
    sessionId,
    commandId,
    state: z.enum(['done', 'refused']),
    code: errorCode.nullable(),
    assignee: agentRef.nullable(),
  }),
  reset: z.strictObject({ reason: z.enum(['too old', 'rights']) }),
  beat: z.strictObject({
    /** When the next one is due, in ms. */
    nextMs: z.int(),
  }),
};

export type StreamEvent = {
  [Name in keyof typeof streamEvents]: {
    event: Name;
    data: z.infer<(typeof streamEvents)[Name]>;
  };
}[keyof typeof streamEvents];
