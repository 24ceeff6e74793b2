import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  commandAnswer,
  commandRequest,
  askHeaders,
  replyAnswer,
  replyRequest,
} from '#contracts/command.ts';
import { sessionId } from '#contracts/ids.ts';
import { answers, type Api } from '../answers.ts';
import { askCommand, askReply, type Asking } from '../ask.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';

const params = z.strictObject({ id: sessionId });

/** What agents ask of sessions: into the journal, and back with what the session's workflow made of it. */
export function askRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/sessions/:id/replies',
    {
      schema: {
        params,
        headers: askHeaders,
        body: replyRequest,
        response: answers({ 201: replyAnswer, 202: replyAnswer }, 401, 403, 404, 409, 415, 422),
      },
    },
    async (request, reply) => {
      const { id, seq, state, message } = await askReply(deps, askingOf(request), request.body);
      if (message === null) throw new Error(`The reply ${id} has no message`);
      return reply
        .status(state === 'done' ? 201 : 202)
        .send({ commandId: id, messageId: message.id, seq, state: message.state });
    },
  );

  app.post(
    '/sessions/:id/commands',
    {
      schema: {
        params,
        headers: askHeaders,
        body: commandRequest,
        response: answers({ 200: commandAnswer, 202: commandAnswer }, 401, 403, 404, 409, 415, 422),
      },
    },
    async (request, reply) => {
      const { id, state } = await askCommand(deps, askingOf(request), request.body);
      if (state === 'done') return reply.status(200).send({ commandId: id, state });
      return reply.status(202).send({ commandId: id, state: 'pending' });
    },
  );
}

type Asked = FastifyRequest<{
  Params: z.infer<typeof params>;
  Headers: z.infer<typeof askHeaders>;
}>;

function askingOf(request: Pick<Asked, 'params' | 'headers'> & FastifyRequest): Asking {
  const { prefer, 'idempotency-key': key } = request.headers;
  const waits = prefer !== 'respond-async';
  return { person: personOf(request), sessionId: request.params.id, key, waits };
}
