/** The desk's pages: made by the web's build, with what the person who asks may see. */
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from './deps.ts';
import { findWho } from './plugins/who.ts';
import { createTokenLookup } from './token-lookup.ts';
import { workflowOf } from './workflow-link.ts';

/** Answers a request for a page, or passes it on. */
export type Pages = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

const BUILD = fileURLToPath(new URL('../web/build/handler.js', import.meta.url));
/** Where a page finds what it is made from; a symbol of the registry, because the build has modules of its own. */
const PLACE = Symbol.for('everthread.page');

/** Says to the build whether the browser came by http or https: it believes its headers, not the proxy's. */
const PROTOCOL = 'x-everthread-protocol';

/** @returns null when the web was not built: the API then serves no pages */
export async function loadPages(): Promise<Pages | null> {
  if (!existsSync(BUILD)) return null;
  // Read by the build when it is loaded.
  process.env.PROTOCOL_HEADER = PROTOCOL;
  const build = (await import(pathToFileURL(BUILD).href)) as { handler: Pages };
  return build.handler;
}

/** Serves what no other route does. */
export async function pageRoutes(app: FastifyInstance, deps: ApiDeps, pages: Pages): Promise<void> {
  const { db, env } = deps;
  const lookup = createTokenLookup(db);
  await app.register(cookie);
  app.get('/*', async (request, reply) => {
    // Files are the same for everybody, and have the hash of what is in them in their name.
    const isFile = request.url.startsWith('/_app/');
    const who = isFile ? null : await findWho(lookup, request);
    const context = {
      db,
      person: who?.person ?? null,
      report: (err: unknown) => request.log.error({ err }, 'page failed'),
      workflowOf: (session: Parameters<typeof workflowOf>[0]) => workflowOf(session, env),
    };
    Object.assign(request.raw, { [PLACE]: context });
    request.raw.headers[PROTOCOL] = request.protocol;
    reply.hijack();
    pages(request.raw, reply.raw, () => {
      reply.raw.statusCode = 404;
      reply.raw.end();
    });
  });
}
