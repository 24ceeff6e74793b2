import { me } from '#contracts/agent.ts';
import { listChannels } from '#db/channels.ts';
import { readWorkspace } from '#db/settings.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';

export function meRoutes(app: Api, { db }: ApiDeps): void {
  app.get('/me', { schema: { response: answers({ 200: me }, 401) } }, async (request) => {
    const person = personOf(request);
    const { agent: id, name, email, role } = person;
    const [workspace, channels] = await Promise.all([readWorkspace(db), listChannels(db, person)]);
    return { id, name, email, role, workspace, channels };
  });
}
