import { z } from 'zod';
import {
  blockAnswer,
  customer,
  customerChange,
  customerHistory,
  customerNote,
  customerNoteParams,
  customerNoteRequest,
  customerParams as params,
  customerTags,
  mergeRequest,
} from '#contracts/customer.ts';
import { historyQuery } from '#contracts/history.ts';
import { unblockCustomer } from '#db/customer-blocking.ts';
import { changeCustomer, setTags } from '#db/customer-changes.ts';
import { readCustomerHistory } from '#db/customer-history.ts';
import { mergeCustomer, splitCustomer } from '#db/customer-merging.ts';
import { addCustomerNote, removeCustomerNote } from '#db/customer-notes.ts';
import { readCustomer } from '#db/customers.ts';
import { answers, type Api } from '../answers.ts';
import { block } from '../blocking.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../plugins/who.ts';

const changed = answers({ 200: customer }, 401, 403, 404, 409, 415);

/** Customers as people. What changes answers with the customer as it is then; doing it twice changes nothing more. */
export function customerRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps;

  app.get(
    '/customers/:id',
    { schema: { params, response: answers({ 200: customer }, 401, 404) } },
    (request) => readCustomer(db, personOf(request), request.params.id),
  );

  app.patch(
    '/customers/:id',
    { schema: { params, body: customerChange, response: changed } },
    async (request) => {
      const { id } = request.params;
      await changeCustomer(db, personOf(request), { ...request.body, id });
      return readCustomer(db, personOf(request), id);
    },
  );

  app.put(
    '/customers/:id/tags',
    { schema: { params, body: customerTags, response: changed } },
    async (request) => {
      const { id } = request.params;
      await setTags(db, personOf(request), { id, tags: request.body.tags });
      return readCustomer(db, personOf(request), id);
    },
  );

  app.get(
    '/customers/:id/history',
    {
      schema: {
        params,
        querystring: historyQuery,
        response: answers({ 200: customerHistory }, 401, 404),
      },
    },
    (request) =>
      readCustomerHistory(db, personOf(request), { ...request.query, id: request.params.id }),
  );

  noteRoutes(app, deps);
  identityRoutes(app, deps);
}

function noteRoutes(app: Api, { db }: ApiDeps): void {
  app.post(
    '/customers/:id/notes',
    {
      schema: {
        params,
        body: customerNoteRequest,
        response: answers({ 201: customerNote }, 401, 403, 404, 415),
      },
    },
    async (request, reply) => {
      const note = { id: request.params.id, text: request.body.text };
      return reply.status(201).send(await addCustomerNote(db, personOf(request), note));
    },
  );

  app.delete(
    '/customers/:id/notes/:note',
    {
      schema: {
        params: customerNoteParams,
        response: answers({ 204: z.undefined() }, 401, 403, 404),
      },
    },
    async (request, reply) => {
      await removeCustomerNote(db, personOf(request), request.params);
      return reply.status(204).send();
    },
  );
}

function identityRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps;

  app.post(
    '/customers/:id/merge',
    { schema: { params, body: mergeRequest, response: changed } },
    async (request) => {
      const { id } = request.params;
      await mergeCustomer(db, personOf(request), { id, into: request.body.into });
      return readCustomer(db, personOf(request), id);
    },
  );

  app.post('/customers/:id/split', { schema: { params, response: changed } }, async (request) => {
    await splitCustomer(db, personOf(request), request.params.id);
    return readCustomer(db, personOf(request), request.params.id);
  });

  app.post(
    '/customers/:id/block',
    { schema: { params, response: answers({ 200: blockAnswer }, 401, 403, 404) } },
    async (request) => ({ sessions: await block(deps, personOf(request), request.params.id) }),
  );

  app.post(
    '/customers/:id/unblock',
    { schema: { params, response: answers({ 204: z.undefined() }, 401, 403, 404) } },
    async (request, reply) => {
      await unblockCustomer(db, personOf(request), request.params.id);
      return reply.status(204).send();
    },
  );
}
