import type { FastifyRequest } from 'fastify';
import { peopleList, person, personChange, personParams } from '#contracts/people.ts';
import { changePerson, disablePerson, enablePerson } from '#db/people-changes.ts';
import { listPeople } from '#db/people-list.ts';
import type { AgentId } from '#domain/ids.ts';
import { answers, type Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeAdmin, personOf } from '../plugins/who.ts';

type ToOne = FastifyRequest<{ Params: { id: AgentId } }>;

export function peopleRoutes(app: Api, { db, nudgeLine, stream }: ApiDeps): void {
  const deedOf = (request: Pick<ToOne, 'params'> & FastifyRequest) => {
    mustBeAdmin(request);
    return { by: personOf(request).agent, id: request.params.id };
  };

  app.get(
    '/people',
    { schema: { response: answers({ 200: peopleList }, 401) } },
    async (request) => ({
      people: await listPeople(db, personOf(request)),
    }),
  );

  app.patch(
    '/people/:id',
    {
      schema: {
        params: personParams,
        body: personChange,
        response: answers({ 200: person }, 401, 403, 404, 409, 415),
      },
    },
    async (request) => {
      const changed = await changePerson(db, deedOf(request), request.body);
      nudgeLine();
      await stream.recheckRights();
      return changed;
    },
  );

  for (const [path, change] of [
    ['/people/:id/disable', disablePerson],
    ['/people/:id/enable', enablePerson],
  ] as const)
    app.post(
      path,
      { schema: { params: personParams, response: answers({ 200: person }, 401, 403, 404, 409) } },
      async (request) => {
        const changed = await change(db, deedOf(request));
        nudgeLine();
        await stream.recheckRights();
        return changed;
      },
    );
}
