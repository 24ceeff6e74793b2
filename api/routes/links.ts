import { z } from 'zod';
import { acceptRequest, linkRequest, linkView } from '#contracts/invitation.ts';
import { acceptLink } from '#db/accept-link.ts';
import { readLink } from '#db/invitations.ts';
import { readWorkspace } from '#db/settings.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { loginCookie } from '../login-cookie.ts';
import { hashPassword } from '../passwords.ts';
import { hashToken, newLogin } from '../sign-in.ts';
import { limitTries } from '../tries.ts';

/** For who has got a one-time link, and is not signed in. */
export function linkRoutes(app: Api, { db, env, stream }: ApiDeps): void {
  const cookie = loginCookie(env);
  // A body of either route has the link's token.
  const mayTry = limitTries(app, ({ body }) => z.object(linkRequest.shape).parse(body).token);

  // Not a GET: the token would be in the address, and so in logs.
  app.post(
    '/invitations/look-up',
    { schema: { body: linkRequest, response: answers({ 200: linkView }, 403, 409, 415) } },
    async (request) => {
      await mayTry(request);
      const link = await readLink(db, hashToken(request.body.token));
      const { purpose, email, name, expiresAt } = link;
      const workspace = await readWorkspace(db);
      return { purpose, workspace: workspace.name, email, name, expiresAt };
    },
  );

  app.post(
    '/invitations/accept',
    {
      schema: { body: acceptRequest, response: answers({ 204: z.undefined() }, 403, 409, 415) },
    },
    async (request, reply) => {
      await mayTry(request);
      const { name = null, password } = request.body;
      const linkHash = hashToken(request.body.token);
      // Hashing is dear: only for who has a link.
      await readLink(db, linkHash);
      const passwordHash = await hashPassword(password);
      const { token, login } = newLogin();
      await acceptLink(db, { linkHash, name, passwordHash, login });
      await stream.recheckRights();
      return cookie.set(reply, token).status(204).send();
    },
  );
}
