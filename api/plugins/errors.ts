import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import {
  meaningOf,
  Problem,
  type errorAnswer,
  type ErrorCode,
  type ErrorDetail,
} from '#contracts/errors.ts';
import { isDatabaseAway } from '#db/trouble.ts';

type ErrorAnswer = z.infer<typeof errorAnswer>;

/** Every error leaves here, in one shape; what is not meant for outside is logged and hidden. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const problem = problemOf(error);
    if (problem === null) request.log.error({ err: error, ...whereOf(request) }, 'request failed');
    const { code, message, detail } = problem ?? new Problem('INTERNAL');
    return reply.status(meaningOf(code).status).send(answer(code, message, detail));
  });
  app.setNotFoundHandler(async (_request, reply) => sendNotFound(reply));
}

export function sendNotFound(reply: Pick<FastifyReply, 'status'>) {
  const { status, message } = meaningOf('NOT_FOUND');
  return reply.status(status).send(answer('NOT_FOUND', message, {}));
}

function answer(code: ErrorCode, message: string, detail: ErrorDetail): ErrorAnswer {
  return { error: { code, message, ...detail } };
}

/** Null: our own fault, about which a client learns nothing. */
function problemOf(error: FastifyError): Problem | null {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error.validation[0]);
  if (isDatabaseAway(error)) return new Problem('UNAVAILABLE');
  switch (error.statusCode) {
    case 400:
      // Unreadable JSON; the parser's own words would repeat what it read.
      return new Problem('INVALID', { message: 'The body is not valid JSON.' });
    case 413:
      return new Problem('TOO_LARGE');
    case 415:
      return new Problem('NOT_JSON');
    default:
      return null;
  }
}

/** The first thing that is wrong, with the path of its field. */
function invalid(issue: { instancePath: string; message?: string } | undefined): Problem {
  const field = issue?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  return new Problem('INVALID', {
    ...(issue?.message === undefined ? {} : { message: issue.message }),
    ...(field === '' ? {} : { field }),
  });
}

/** The route, not the address: an address may hold what somebody searched for. */
function whereOf(request: FastifyRequest) {
  return { method: request.method, route: request.routeOptions.url };
}
