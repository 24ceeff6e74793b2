import { z } from 'zod';
import { newTag, tag, tagChange, tagList, tagParams } from '#contracts/tag.ts';
import { addTag, changeTag, deleteTag, listTags } from '#db/tags.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';

/** Who is of a team may give tags to customers; admins make them. */
export function tagRoutes(app: Api, { db }: ApiDeps): void {
  app.get(
    '/tags',
    { schema: { response: answers({ 200: tagList }, 401, 403) } },
    async (request) => ({ tags: await listTags(db, personOf(request)) }),
  );

  app.post(
    '/tags',
    { schema: { body: newTag, response: answers({ 201: tag }, 401, 403, 409, 415) } },
    async (request, reply) => {
      mustBeAdmin(request);
      const added = await addTag(db, personOf(request), request.body);
      return reply.status(201).send(added);
    },
  );

  app.patch(
    '/tags/:id',
    {
      schema: {
        params: tagParams,
        body: tagChange,
        response: answers({ 200: tag }, 401, 403, 404, 409, 415),
      },
    },
    (request) => {
      mustBeAdmin(request);
      return changeTag(db, personOf(request), { ...request.body, id: request.params.id });
    },
  );

  app.delete(
    '/tags/:id',
    { schema: { params: tagParams, response: answers({ 204: z.undefined() }, 401, 403) } },
    async (request, reply) => {
      mustBeAdmin(request);
      await deleteTag(db, personOf(request), request.params.id);
      return reply.status(204).send();
    },
  );
}
