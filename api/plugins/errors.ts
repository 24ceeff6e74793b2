import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
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
import { isDatabaseAway, isNotStorable } from '#db/trouble.ts';

type ErrorAnswer = z.infer<typeof errorAnswer>;

/** Every error leaves here, in one shape; what is not meant for outside is logged and hidden. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const problem = problemOf(error);
    if (problem === null) request.log.error({ err: error, ...whereOf(request) }, 'request failed');
    const { code, message, detail } = problem ?? new Problem('INTERNAL');
    return reply.status(meaningOf(code).status).send(answer(code, message, detail));
  });
  refuseWhileClosing(app);
  app.setNotFoundHandler(async (_request, reply) => sendNotFound(reply));
}

/** Instead of Fastify's own words; what came before is still answered. */
function refuseWhileClosing(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onRequest', async () => {
    if (isClosing)
      throw new Problem('UNAVAILABLE', { message: 'The server stops. Try again shortly.' });
  });
}

/** What came was no HTTP, or too slow: no request of it ever reaches a route. */
export function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy(error);
  const { status, code, message } = meaningOfClientError(error.code);
  const body = JSON.stringify(answer(code, message, {}));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function meaningOfClientError(code: string | undefined) {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 'INVALID', message: 'The request took too long.' } as const;
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, code: 'TOO_LARGE', message: 'The headers are too large.' } as const;
    default:
      return { status: 400, code: 'INVALID', message: 'This is not HTTP.' } as const;
  }
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
  if (isNotStorable(error)) return new Problem('INVALID');
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
