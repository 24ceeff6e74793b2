import { z } from 'zod';
import { loginRequest } from '#contracts/agent.ts';
import { Problem } from '#contracts/errors.ts';
import { deleteLogin } from '#db/people.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { LOGIN_COOKIE, tokenOf } from '../plugins/who.ts';
import { hashToken, LOGIN_LASTS_MS, signIn } from '../sign-in.ts';

/** Tries per minute: for one address from one machine, and from one machine altogether. */
const TRIES = { address: 10, machine: 100 };

export function loginRoutes(app: Api, { db, env, stream }: ApiDeps): void {
  const secure = env.COOKIE_SECURE ?? env.PUBLIC_URL?.startsWith('https:') ?? false;
  const cookie = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const;
  const perMachine = app.createRateLimit({ max: TRIES.machine, timeWindow: '1 minute' });
  const isExceeded = (tried: Awaited<ReturnType<typeof perMachine>>) =>
    !tried.isAllowed && tried.isExceeded;
  const perAddress = app.createRateLimit({
    max: TRIES.address,
    timeWindow: '1 minute',
    keyGenerator: ({ ip, body }) => `${ip} ${loginRequest.parse(body).email.toLowerCase()}`,
  });

  app.post(
    '/login',
    { schema: { body: loginRequest, response: answers({ 204: z.undefined() }, 401, 403, 415) } },
    async (request, reply) => {
      for (const limit of [perMachine, perAddress])
        if (isExceeded(await limit(request))) throw new Problem('TOO_MANY_REQUESTS');
      const token = await signIn(db, request.body);
      reply.setCookie(LOGIN_COOKIE, token, { ...cookie, maxAge: LOGIN_LASTS_MS / 1_000 });
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
      return reply.clearCookie(LOGIN_COOKIE, cookie).status(204).send();
    },
  );
}
