import { z } from 'zod';
import { personParams } from '#contracts/people.ts';
import { issuedToken, newToken, ownTokenParams, tokenList, tokenParams } from '#contracts/token.ts';
import { addToken, listTokens, listTokensOf, revokeOwnToken, revokeToken } from '#db/tokens.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';
import { newSecret } from '../sign-in.ts';

/** Says what it is, to who finds one where it should not be. */
const PREFIX = 'everthread_';

export function tokenRoutes(app: Api, { db, stream }: ApiDeps): void {
  app.get(
    '/me/tokens',
    { schema: { response: answers({ 200: tokenList }, 401) } },
    async (request) => ({ tokens: await listTokens(db, personOf(request).agent) }),
  );

  app.post(
    '/me/tokens',
    { schema: { body: newToken, response: answers({ 201: issuedToken }, 401, 403, 415) } },
    async (request, reply) => {
      const { token, tokenHash } = newSecret(PREFIX);
      const { name } = request.body;
      const added = await addToken(db, personOf(request).agent, { name, tokenHash });
      return reply.status(201).send({ ...added, token });
    },
  );

  app.delete(
    '/me/tokens/:id',
    {
      schema: { params: ownTokenParams, response: answers({ 204: z.undefined() }, 401, 403, 404) },
    },
    async (request, reply) => {
      await revokeOwnToken(db, personOf(request).agent, request.params.id);
      await stream.recheckRights();
      return reply.status(204).send();
    },
  );

  app.get(
    '/people/:id/tokens',
    {
      schema: { params: personParams, response: answers({ 200: tokenList }, 401, 403, 404) },
    },
    async (request) => {
      mustBeAdmin(request);
      return { tokens: await listTokensOf(db, request.params.id) };
    },
  );

  app.delete(
    '/people/:id/tokens/:token',
    {
      schema: { params: tokenParams, response: answers({ 204: z.undefined() }, 401, 403, 404) },
    },
    async (request, reply) => {
      mustBeAdmin(request);
      const { id: of, token: id } = request.params;
      await revokeToken(db, { by: personOf(request).agent, of, id });
      await stream.recheckRights();
      return reply.status(204).send();
    },
  );
}
