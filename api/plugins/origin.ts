import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '#contracts/errors.ts';

const READS = ['GET', 'HEAD'];

/**
 * Refuses what another site's page makes a signed-in browser send: browsers name the page's origin with everything
 * that changes something. Programs send none.
 */
export function requireOwnOrigin(app: FastifyInstance, publicUrl: string | undefined): void {
  const ours = publicUrl === undefined ? null : new URL(publicUrl).origin;
  app.addHook('onRequest', async (request) => {
    const { origin } = request.headers;
    if (READS.includes(request.method) || origin === undefined) return;
    if (origin !== ours && origin !== ownOrigin(request)) throw new Problem('WRONG_ORIGIN');
  });
}

/** The address that the browser itself has used. */
function ownOrigin(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}
