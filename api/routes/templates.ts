import { z } from 'zod';
import {
  template,
  templateChange,
  templateList,
  templateParams as params,
  templateQuery,
  templateWords,
} from '#contracts/template.ts';
import {
  addTemplate,
  changeTemplate,
  deleteTemplate,
  listTemplates,
  readTemplate,
} from '#db/templates.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';

/** Omni message templates (R41, R42). */
export function templateRoutes(app: Api, { db }: ApiDeps): void {
  app.get(
    '/templates',
    { schema: { querystring: templateQuery, response: answers({ 200: templateList }, 401, 404) } },
    async (request) => ({ templates: await listTemplates(db, personOf(request), request.query) }),
  );

  app.post(
    '/templates',
    { schema: { body: templateWords, response: answers({ 201: template }, 401, 415) } },
    async (request, reply) =>
      reply.status(201).send(await addTemplate(db, personOf(request), request.body)),
  );

  app.get(
    '/templates/:id',
    { schema: { params, response: answers({ 200: template }, 401, 404) } },
    (request) => readTemplate(db, personOf(request), request.params.id),
  );

  app.put(
    '/templates/:id',
    {
      schema: {
        params,
        body: templateChange,
        response: answers({ 200: template }, 401, 404, 409, 415),
      },
    },
    (request) => changeTemplate(db, personOf(request), { ...request.body, id: request.params.id }),
  );

  app.delete(
    '/templates/:id',
    { schema: { params, response: answers({ 204: z.undefined() }, 401, 403, 404) } },
    async (request, reply) => {
      await deleteTemplate(db, personOf(request), request.params.id);
      return reply.status(204).send();
    },
  );
}
