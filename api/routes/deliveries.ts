import { deliveryParams, deliveryQuery, parkedPage, replayAnswer } from '#contracts/delivery.ts';
import { listParked, replayDelivery } from '#db/parked.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin } from '../plugins/who.ts';

export function deliveryRoutes(app: Api, { db, nudgeIntake }: ApiDeps): void {
  app.get(
    '/deliveries',
    { schema: { querystring: deliveryQuery, response: answers({ 200: parkedPage }, 401, 403) } },
    (request) => {
      mustBeAdmin(request);
      return listParked(db, request.query);
    },
  );

  app.post(
    '/deliveries/:id/replay',
    {
      schema: {
        params: deliveryParams,
        response: answers({ 200: replayAnswer }, 401, 403, 404, 409),
      },
    },
    async (request) => {
      mustBeAdmin(request);
      await replayDelivery(db, request.params.id);
      nudgeIntake();
      return { id: request.params.id, state: 'new' as const };
    },
  );
}
