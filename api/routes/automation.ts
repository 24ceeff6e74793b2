import { automaticActionList, automaticParams } from '#contracts/automation.ts';
import { listAutomaticActions } from '#db/automatic-actions.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';

/** What the rules do by themselves in a session (R16, R66). */
export function automationRoutes(app: Api, { db }: ApiDeps): void {
  app.get(
    '/sessions/:id/automatic-actions',
    {
      schema: {
        params: automaticParams,
        response: answers({ 200: automaticActionList }, 401, 404),
      },
    },
    async (request) => ({
      actions: await listAutomaticActions(db, personOf(request), request.params.id),
    }),
  );
}
