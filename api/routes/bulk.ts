import { bulkAnswer, bulkRequest } from '#contracts/bulk.ts';
import { answers, type Api } from '../answers.ts';
import { askBulk } from '../bulk.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';

/** One thing for many sessions (R39). */
export function bulkRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/sessions/bulk',
    { schema: { body: bulkRequest, response: answers({ 200: bulkAnswer }, 401, 415) } },
    async (request) => {
      const bulk = { ...request.body, person: personOf(request) };
      return { outcomes: await askBulk(deps, bulk) };
    },
  );
}
