import { z } from 'zod';
import { notificationId, notificationList, notificationQuery } from '#contracts/notification.ts';
import { listNotifications, readNotification } from '#db/notification-list.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';

const params = z.strictObject({ id: notificationId });

export function notificationRoutes(app: Api, { db }: ApiDeps): void {
  app.get(
    '/notifications',
    {
      schema: { querystring: notificationQuery, response: answers({ 200: notificationList }, 401) },
    },
    (request) => listNotifications(db, personOf(request), request.query),
  );

  app.post(
    '/notifications/:id/read',
    { schema: { params, response: answers({ 204: z.undefined() }, 401, 403, 404) } },
    async (request, reply) => {
      await readNotification(db, personOf(request), request.params.id);
      return reply.status(204).send();
    },
  );
}
