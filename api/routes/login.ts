import { z } from 'zod';
import { loginRequest } from '#contracts/agent.ts';
import { deleteLogin } from '#db/people.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { loginCookie } from '../login-cookie.ts';
import { tokenOf } from '../plugins/who.ts';
import { hashToken, signIn } from '../sign-in.ts';
import { limitTries } from '../tries.ts';

export function loginRoutes(app: Api, { db, env, stream }: ApiDeps): void {
  const cookie = loginCookie(env);
  const mayTry = limitTries(app, ({ body }) => loginRequest.parse(body).email.toLowerCase());

  app.post(
    '/login',
    { schema: { body: loginRequest, response: answers({ 204: z.undefined() }, 401, 403, 415) } },
    async (request, reply) => {
      await mayTry(request);
      cookie.set(reply, await signIn(db, request.body));
      return reply.status(204).send();
    },
  );

  app.post(
    '/logout',
    { schema: { response: answers({ 204: z.undefined() }, 403) } },
    async (request, reply) => {
      const token = tokenOf(request);
      if (token !== null) {
        await deleteLogin(db, hashToken(token));
        stream.disconnect(hashToken(token));
      }
      return cookie.clear(reply).status(204).send();
    },
  );
}
