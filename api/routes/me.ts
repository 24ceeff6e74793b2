import { me } from '#contracts/agent.ts';
import { readMe } from '#db/me.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';

export function meRoutes(app: Api, { db }: ApiDeps): void {
  app.get('/me', { schema: { response: answers({ 200: me }, 401) } }, (request) =>
    readMe(db, personOf(request)),
  );
}
