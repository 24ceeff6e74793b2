import { z } from 'zod';
import { explanation } from '#contracts/explain.ts';
import { sessionId } from '#contracts/ids.ts';
import { explainSession } from '#db/explain.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';
import { workflowOf } from '../workflow-link.ts';

const params = z.strictObject({ id: sessionId });

/** Why a session stands as it does (R10, R47), for whoever may view it. */
export function explainRoutes(app: Api, { db, env }: ApiDeps): void {
  app.get(
    '/sessions/:id/explain',
    { schema: { params, response: answers({ 200: explanation }, 401, 404) } },
    async (request) => {
      const { channelId, ...explained } = await explainSession(
        db,
        personOf(request),
        request.params.id,
      );
      return { ...explained, workflow: workflowOf({ id: explained.id, channelId }, env) };
    },
  );
}
