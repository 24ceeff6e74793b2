import { z } from 'zod';
import { group, groupChange, groupList, groupParams, newGroup } from '#contracts/groups.ts';
import { addGroup, changeGroup, deleteGroup, listGroups } from '#db/groups.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';

/** Everybody may know the groups, to give a session to one; admins make them. */
export function groupRoutes(app: Api, { db, nudgeLine, stream }: ApiDeps): void {
  app.get('/groups', { schema: { response: answers({ 200: groupList }, 401) } }, async () => ({
    groups: await listGroups(db),
  }));

  app.post(
    '/groups',
    { schema: { body: newGroup, response: answers({ 201: group }, 401, 403, 409, 415) } },
    async (request, reply) => {
      mustBeAdmin(request);
      const added = await addGroup(db, personOf(request).agent, request.body);
      return reply.status(201).send(added);
    },
  );

  app.patch(
    '/groups/:id',
    {
      schema: {
        params: groupParams,
        body: groupChange,
        response: answers({ 200: group }, 401, 403, 404, 409, 415),
      },
    },
    async (request) => {
      mustBeAdmin(request);
      const deed = { by: personOf(request).agent, id: request.params.id };
      const changed = await changeGroup(db, deed, request.body);
      nudgeLine();
      await stream.recheckRights();
      return changed;
    },
  );

  app.delete(
    '/groups/:id',
    {
      schema: { params: groupParams, response: answers({ 204: z.undefined() }, 401, 403, 404) },
    },
    async (request, reply) => {
      mustBeAdmin(request);
      await deleteGroup(db, { by: personOf(request).agent, id: request.params.id });
      nudgeLine();
      await stream.recheckRights();
      return reply.status(204).send();
    },
  );
}
