import type { FastifyRequest } from 'fastify';
import { Problem } from '#contracts/errors.ts';
import type { Api } from './answers.ts';

/** Tries per minute: of one secret from one machine, and from one machine altogether. */
const TRIES = { secret: 10, machine: 100 };

/**
 * Slows down who guesses.
 * @param secretOf what is guessed at: an address, a link
 * @returns to be asked for each try. @throws Problem TOO_MANY_REQUESTS
 */
export function limitTries(
  app: Api,
  secretOf: (request: FastifyRequest) => string,
): (request: FastifyRequest) => Promise<void> {
  const timeWindow = '1 minute';
  const limits = [
    app.createRateLimit({ max: TRIES.machine, timeWindow }),
    app.createRateLimit({
      max: TRIES.secret,
      timeWindow,
      keyGenerator: (request) => `${request.ip} ${secretOf(request)}`,
    }),
  ];
  return async (request) => {
    for (const limit of limits) {
      const tried = await limit(request);
      if (!tried.isAllowed && tried.isExceeded) throw new Problem('TOO_MANY_REQUESTS');
    }
  };
}
