import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Context } from '#sandbox/context.ts';
import { failures } from '#sandbox/graph-failure.ts';
import { pathPart, queryPart } from '#sandbox/request.ts';
import type { Page } from '#sandbox/world.ts';

/** The first part of every path of the Graph API, such as `v25.0`. */
export const VERSION = '/:version(^v\\d+\\.\\d+$)';

/**
 * The Page whose token the call carries, in the header or as `access_token`.
 * @throws GraphFailure 190 for an unknown token, 100 for a wrong appsecret_proof
 */
export function pageOfToken(request: FastifyRequest, { store, appSecret }: Context): Page {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const token = bearer ?? queryPart(request, 'access_token');
  const page = [...store.world.pages.values()].find((one) => one.token === token);
  if (page === undefined) throw failures.badToken();
  const proof = createHmac('sha256', appSecret).update(page.token).digest('hex');
  const given = queryPart(request, 'appsecret_proof');
  if (given !== undefined && given !== proof) throw failures.badProof();
  return page;
}

/** The token's Page, if the path names it or `me`. @throws GraphFailure 100/33 for another */
export function pageOfPath(request: FastifyRequest, context: Context): Page {
  const page = pageOfToken(request, context);
  const named = pathPart(request, 'page');
  if (named !== page.id && named !== 'me') throw failures.noObject(named);
  return page;
}
