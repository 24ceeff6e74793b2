import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { errorAnswer } from '#contracts/errors.ts';

/** The server, with types that follow from the schemas of a route. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 503;

type OtherThanJson = { description: string; content: Record<string, { schema: z.ZodType }> };

/** What a route may answer: its successes, the given errors, and those that any route may come to, or any with a body. */
export function answers<
  Success extends Record<number, z.ZodType | OtherThanJson>,
  const Errors extends readonly ErrorStatus[],
>(success: Success, ...errors: Errors) {
  const always = [400, 429, 500, 503] as const;
  const withBody = errors.includes(415) ? [413] : [];
  const failed = Object.fromEntries(
    [...always, ...withBody, ...errors].map((status) => [status, errorAnswer]),
  );
  // Object.fromEntries forgets which keys there are.
  return {
    ...success,
    ...(failed as Record<Errors[number] | (typeof always)[number], typeof errorAnswer>),
  };
}
