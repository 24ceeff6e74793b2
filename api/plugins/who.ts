import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '#contracts/errors.ts';
import type { Person } from '#db/people.ts';
import type { ApiDeps } from '../deps.ts';
import { hashToken } from '../sign-in.ts';
import { createTokenLookup, type TokenLookup } from '../token-lookup.ts';
import { createTokenUse } from '../token-use.ts';

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
  const lookup = createTokenLookup(db);
  const tokenUse = createTokenUse(db);
  app.decorateRequest('who', null);
  app.addHook('onRequest', async (request) => {
    const who = await findWho(lookup, request);
    if (who === null) throw new Problem('SIGN_IN');
    request.who = who;
  });
  // Nobody waits for this any more.
  app.addHook('onResponse', async (request) => {
    if (request.who !== null && bearerOf(request) !== null)
      await tokenUse.note(request.who.tokenHash);
  });
}

/** Who asks, as far as their token says; null when it is none, or not valid any more. */
export async function findWho(lookup: TokenLookup, request: FastifyRequest): Promise<Who | null> {
  const token = tokenOf(request);
  if (token === null) return null;
  const tokenHash = hashToken(token);
  const person = await lookup(tokenHash);
  return person === null ? null : { person, tokenHash };
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
  return bearerOf(request) ?? request.cookies[LOGIN_COOKIE] ?? null;
}

/** A program of an integrator is nobody's desk. */
export function isBrowser(request: FastifyRequest): boolean {
  return bearerOf(request) === null;
}

function bearerOf(request: FastifyRequest): string | null {
  const [, bearer] = /^Bearer ([\w-]{20,200})$/i.exec(request.headers.authorization ?? '') ?? [];
  return bearer ?? null;
}
