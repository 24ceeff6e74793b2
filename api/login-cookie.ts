import type { FastifyReply } from 'fastify';
import type { ApiEnv } from './env.ts';
import { LOGIN_COOKIE } from './plugins/who.ts';
import { LOGIN_LASTS_MS } from './sign-in.ts';

/** How a browser keeps its login: out of reach of scripts and of other sites. */
export function loginCookie(env: ApiEnv) {
  const secure = env.COOKIE_SECURE ?? env.PUBLIC_URL?.startsWith('https:') ?? false;
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const;
  return {
    set: (reply: FastifyReply, token: string) =>
      reply.setCookie(LOGIN_COOKIE, token, { ...options, maxAge: LOGIN_LASTS_MS / 1_000 }),
    clear: (reply: FastifyReply) => reply.clearCookie(LOGIN_COOKIE, options),
  };
}
