import { z } from 'zod';
import { me } from '#contracts/agent.ts';
import { passwordChange } from '#contracts/people.ts';
import { readMe } from '#db/me.ts';
import { changePassword, passwordOf, wrongPassword } from '#db/people-passwords.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { hashPassword, isPassword } from '../passwords.ts';
import { personOf, whoOf } from '../plugins/who.ts';
import { limitTries } from '../tries.ts';

export function meRoutes(app: Api, { db, stream }: ApiDeps): void {
  // Who finds a browser signed in must not find out the password as well.
  const mayTry = limitTries(app, (request) => personOf(request).agent);

  app.get('/me', { schema: { response: answers({ 200: me }, 401) } }, (request) =>
    readMe(db, personOf(request)),
  );

  app.post(
    '/me/password',
    {
      schema: { body: passwordChange, response: answers({ 204: z.undefined() }, 401, 403, 415) },
    },
    async (request, reply) => {
      await mayTry(request);
      const { person, tokenHash: keep } = whoOf(request);
      const { agent } = person;
      const from = await passwordOf(db, agent);
      if (!(await isPassword(request.body.current, from))) throw wrongPassword();
      const to = await hashPassword(request.body.new);
      await changePassword(db, { agent, from, to, keep });
      await stream.recheckRights();
      return reply.status(204).send();
    },
  );
}
