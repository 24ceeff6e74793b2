/** Which webhook fields of a Page the app wants. Source: https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Context } from '#sandbox/context.ts';
import { pageOfPath, VERSION } from '#sandbox/graph-access.ts';
import { failures } from '#sandbox/graph-failure.ts';
import { queryPart } from '#sandbox/request.ts';

const subscribeBody = z.object({ subscribed_fields: z.string() });

const PATH = `${VERSION}/:page/subscribed_apps`;

export function registerSubscriptions(app: FastifyInstance, context: Context): void {
  const { store, appId } = context;

  app.get(PATH, async (request) => {
    const { subscribedFields } = pageOfPath(request, context);
    if (subscribedFields.length === 0) return { data: [] };
    return { data: [{ id: appId, name: 'Sandbox', subscribed_fields: subscribedFields }] };
  });

  app.post(PATH, async (request) => {
    const page = pageOfPath(request, context);
    const inBody = subscribeBody.safeParse(request.body).data?.subscribed_fields;
    const fields = inBody ?? queryPart(request, 'subscribed_fields') ?? '';
    const subscribedFields = fields.split(',').filter((field) => field !== '');
    if (subscribedFields.length === 0) {
      throw failures.badParameter('Param subscribed_fields must be a non-empty list');
    }
    store.record({ type: 'page', page: { ...page, subscribedFields } });
    return { success: true };
  });

  app.delete(PATH, async (request) => {
    const page = pageOfPath(request, context);
    store.record({ type: 'page', page: { ...page, subscribedFields: [] } });
    return { success: true };
  });
}
