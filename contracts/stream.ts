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
};

export type StreamEvent = {
  [Name in keyof typeof streamEvents]: {
    event: Name;
    data: z.infer<(typeof streamEvents)[Name]>;
  };
}[keyof typeof streamEvents];
