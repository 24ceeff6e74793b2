import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  invitationList,
  invitationParams,
  newInvitation,
  oneTimeLink,
} from '#contracts/invitation.ts';
import { personParams } from '#contracts/people.ts';
import {
  addInvitation,
  addResetLink,
  listInvitations,
  withdrawInvitation,
} from '#db/invitations.ts';
import { DAY } from '#domain/instant.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';
import { newSecret } from '../sign-in.ts';

const LINK_LASTS_MS = 7 * DAY;

export function invitationRoutes(app: Api, { db, env }: ApiDeps): void {
  /** Behind the #, the token is never sent to a server, and so stands in no log. */
  const newLink = (request: FastifyRequest) => {
    const { token, tokenHash } = newSecret();
    const base = env.PUBLIC_URL ?? `${request.protocol}://${request.host}`;
    const url = new URL(`/invitation#${token}`, base).href;
    return { url, tokenHash, expiresAt: new Date(Date.now() + LINK_LASTS_MS) };
  };

  app.get(
    '/people/invitations',
    { schema: { response: answers({ 200: invitationList }, 401, 403) } },
    async (request) => {
      mustBeAdmin(request);
      return { invitations: await listInvitations(db) };
    },
  );

  app.post(
    '/people/invitations',
    {
      schema: {
        body: newInvitation,
        response: answers({ 201: oneTimeLink }, 401, 403, 409, 415),
      },
    },
    async (request, reply) => {
      mustBeAdmin(request);
      const { url, ...link } = newLink(request);
      await addInvitation(db, personOf(request).agent, request.body, link);
      return reply.status(201).send({ url, expiresAt: link.expiresAt });
    },
  );

  app.delete(
    '/people/invitations/:id',
    {
      schema: {
        params: invitationParams,
        response: answers({ 204: z.undefined() }, 401, 403, 404),
      },
    },
    async (request, reply) => {
      mustBeAdmin(request);
      await withdrawInvitation(db, personOf(request).agent, request.params.id);
      return reply.status(204).send();
    },
  );

  app.post(
    '/people/:id/password-reset',
    {
      schema: { params: personParams, response: answers({ 201: oneTimeLink }, 401, 403, 404) },
    },
    async (request, reply) => {
      mustBeAdmin(request);
      const { url, ...link } = newLink(request);
      await addResetLink(db, { by: personOf(request).agent, id: request.params.id }, link);
      return reply.status(201).send({ url, expiresAt: link.expiresAt });
    },
  );
}
