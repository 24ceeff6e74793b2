import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '#contracts/errors.ts';
import { peopleByTokens, type Person } from '#db/people.ts';
import type { ApiDeps } from '../deps.ts';
import { hashToken } from '../sign-in.ts';

export const LOGIN_COOKIE = 'everthread';

/** Who asks, and by which token. */
export type Who = { person: Person; tokenHash: Buffer };

declare module 'fastify' {
  interface FastifyRequest {
    who: Who | null;
  }
}

/** Lets only signed-in agents and integrators with a token into this scope, with their rights as they are now. */
export function requireWho(app: FastifyInstance, { db }: Pick<ApiDeps, 'db'>): void {
  app.decorateRequest('who', null);
  app.addHook('onRequest', async (request) => {
    const token = tokenOf(request);
    if (token === null) throw new Problem('SIGN_IN');
    const tokenHash = hashToken(token);
    const people = await peopleByTokens(db, [tokenHash]);
    const person = people.get(tokenHash.toString('hex'));
    if (person === undefined) throw new Problem('SIGN_IN');
    request.who = { person, tokenHash };
  });
}

export function whoOf(request: FastifyRequest): Who {
  if (request.who === null) throw new Error('This route stands outside the private scope');
  return request.who;
}

export function personOf(request: FastifyRequest): Person {
  return whoOf(request).person;
}

/** @throws Problem ADMINS_ONLY */
export function mustBeAdmin(request: FastifyRequest): void {
  if (personOf(request).role === 'staff') throw new Problem('ADMINS_ONLY');
}

/** The header of an integrator, else the browser's cookie. */
export function tokenOf(request: FastifyRequest): string | null {
  const [, bearer] = /^Bearer ([\w-]{20,200})$/i.exec(request.headers.authorization ?? '') ?? [];
  return bearer ?? request.cookies[LOGIN_COOKIE] ?? null;
}
