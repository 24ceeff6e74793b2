import { z } from 'zod';
import { noteAnswer, noteHeaders, noteRequest } from '#contracts/command.ts';
import { sessionId } from '#contracts/ids.ts';
import { readRequest } from '#contracts/session.ts';
import { addNote } from '#db/notes.ts';
import { markRead, markUnread } from '#db/read-marks.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';

const params = z.strictObject({ id: sessionId });

/** What agents do about sessions among themselves. No workflow hears of it: it works with Temporal down. */
export function besideRoutes(app: Api, { db }: ApiDeps): void {
  app.put(
    '/sessions/:id/read',
    {
      schema: {
        params,
        body: readRequest,
        response: answers({ 204: z.undefined() }, 401, 403, 404, 415),
      },
    },
    async (request, reply) => {
      const { id: sessionId } = request.params;
      await markRead(db, personOf(request), { sessionId, seq: request.body.seq });
      return reply.status(204).send();
    },
  );

  app.delete(
    '/sessions/:id/read',
    { schema: { params, response: answers({ 204: z.undefined() }, 401, 403, 404) } },
    async (request, reply) => {
      await markUnread(db, personOf(request), { sessionId: request.params.id });
      return reply.status(204).send();
    },
  );

  app.post(
    '/sessions/:id/notes',
    {
      schema: {
        params,
        headers: noteHeaders,
        body: noteRequest,
        response: answers({ 201: noteAnswer }, 401, 403, 404, 409, 415),
      },
    },
    async (request, reply) => {
      const { params, headers, body } = request;
      const note = { ...body, sessionId: params.id, key: headers['idempotency-key'] };
      const messageId = await addNote(db, personOf(request), note);
      return reply.status(201).send({ messageId });
    },
  );
}
