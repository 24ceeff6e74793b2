import {
  label,
  labelChange,
  labelledParams,
  labelList,
  labelOrder,
  labelParams,
  newLabel,
  sessionLabels,
} from '#contracts/label.ts';
import { addLabel, changeLabel, listLabels, orderLabels } from '#db/labels.ts';
import { setLabels } from '#db/session-labels.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';

/** Labels of sessions: everybody gives them, admins keep the list (R36, R56, R63). */
export function labelRoutes(app: Api, { db }: ApiDeps): void {
  app.get('/labels', { schema: { response: answers({ 200: labelList }, 401) } }, async () => ({
    labels: await listLabels(db),
  }));

  app.post(
    '/labels',
    { schema: { body: newLabel, response: answers({ 201: label }, 401, 403, 409, 415) } },
    async (request, reply) => {
      mustBeAdmin(request);
      return reply.status(201).send(await addLabel(db, personOf(request), request.body));
    },
  );

  app.patch(
    '/labels/:id',
    {
      schema: {
        params: labelParams,
        body: labelChange,
        response: answers({ 200: label }, 401, 403, 404, 409, 415),
      },
    },
    (request) => {
      mustBeAdmin(request);
      return changeLabel(db, personOf(request), { ...request.body, id: request.params.id });
    },
  );

  app.post(
    '/labels/order',
    { schema: { body: labelOrder, response: answers({ 200: labelList }, 401, 403, 415) } },
    async (request) => {
      mustBeAdmin(request);
      return { labels: await orderLabels(db, personOf(request), request.body.labels) };
    },
  );

  app.put(
    '/sessions/:id/labels',
    {
      schema: {
        params: labelledParams,
        body: sessionLabels,
        response: answers({ 200: labelList }, 401, 403, 404, 415),
      },
    },
    async (request) => {
      const { labels } = request.body;
      const wanted = { sessionId: request.params.id, labels };
      return { labels: await setLabels(db, personOf(request), wanted) };
    },
  );
}
