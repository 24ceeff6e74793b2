import { z } from 'zod';
import { presence, presenceRequest } from '#contracts/presence.ts';
import { endShift, readPresence, setAway } from '#db/presence.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { isBrowser, personOf } from '../plugins/who.ts';

/** What an agent says of their own presence (R58). */
export function presenceRoutes(app: Api, { db, nudgeLine, presence: book }: ApiDeps): void {
  app.get('/me/presence', { schema: { response: answers({ 200: presence }, 401) } }, (request) =>
    readPresence(db, personOf(request).agent),
  );

  app.put(
    '/me/presence',
    { schema: { body: presenceRequest, response: answers({ 200: presence }, 401, 415) } },
    async (request) => {
      const now = await setAway(db, personOf(request).agent, request.body.away);
      nudgeLine();
      return now;
    },
  );

  /** How a browser answers a beat of the stream; a program's answer says nothing of whether its owner is there. */
  app.post(
    '/me/presence/beat',
    { schema: { response: answers({ 204: z.undefined() }, 401) } },
    async (request, reply) => {
      if (isBrowser(request)) book.heard(personOf(request).agent);
      return reply.status(204).send();
    },
  );

  /** Away, and everything that is not snoozed is given to others. */
  app.post(
    '/me/shift-end',
    { schema: { response: answers({ 200: presence }, 401) } },
    async (request) => {
      const now = await endShift(db, personOf(request).agent);
      nudgeLine();
      return now;
    },
  );
}
