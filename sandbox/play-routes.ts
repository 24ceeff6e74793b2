/** Playing the other side: customers who write and read, colleagues who answer from Meta's own inbox. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Context } from '#sandbox/context.ts';
import { deliverToCustomer, readAsCustomer, writeAsCustomer } from '#sandbox/conversation.ts';
import { newPsid, usernameOf } from '#sandbox/ids.ts';
import { customerOf, requirePage, unknown } from '#sandbox/play-known.ts';
import { pathPart } from '#sandbox/request.ts';
import { SEED_PAGE, subscribed } from '#sandbox/seed.ts';
import { messagesOf } from '#sandbox/world.ts';

/** Meta's own inbox, as its reference names it. */
const META_INBOX_APP_ID = '26390203743090';

const graphId = z.string().regex(/^\d{1,20}$/, 'must be 1 to 20 digits');
const text = z.string().min(1).max(20_000);
const pageBody = z.strictObject({
  id: graphId,
  name: z.string().min(1),
  platform: z.enum(['facebook', 'instagram']).default('facebook'),
  token: z.string().min(1),
});
const customerBody = z.strictObject({ id: graphId.optional(), name: z.string().min(1).optional() });
const messageBody = z.strictObject({
  page: graphId.default(SEED_PAGE.id),
  text,
  /** Epoch ms; earlier than now to make old conversations. */
  at: z.int().positive().optional(),
});
const readBody = z.strictObject({ page: graphId.default(SEED_PAGE.id) });
const replyBody = z.strictObject({
  customer: graphId,
  text,
  /** Null: the inbox does not name itself. */
  appId: z.string().nullable().default(META_INBOX_APP_ID),
});

export function registerPlay(app: FastifyInstance, context: Context): void {
  const { store } = context;
  registerPages(app, context);

  app.get('/customers', async () => [...store.world.customers.values()]);

  app.post('/customers', async (request, reply) => {
    const { id = newPsid(), name = 'Khách' } = customerBody.parse(request.body ?? {});
    const customer = { id, name, username: usernameOf({ id, name }) };
    store.record({ type: 'customer', customer });
    return reply.code(201).send(customer);
  });

  app.get('/customers/:id/messages', async (request) =>
    messagesOf(store.world, customerOf(request, context)),
  );

  app.post('/customers/:id/messages', async (request, reply) => {
    const customer = customerOf(request, context);
    const { page, text, at = Date.now() } = messageBody.parse(request.body);
    requirePage(page, context);
    const { mid } = writeAsCustomer(context, { page, customer, text, at });
    return reply.code(201).send({ mid });
  });

  app.post('/customers/:id/read', async (request, reply) => {
    const customer = customerOf(request, context);
    const { page } = readBody.parse(request.body ?? {});
    requirePage(page, context);
    readAsCustomer(context, { page, customer });
    return reply.code(204).send();
  });
}

function registerPages(app: FastifyInstance, context: Context): void {
  const { store } = context;

  app.get('/pages', async () =>
    [...store.world.pages.values()].map(({ id, name, platform }) => ({ id, name, platform })),
  );

  app.post('/pages', async (request, reply) => {
    const page = pageBody.parse(request.body);
    store.record({ type: 'page', page: subscribed(page) });
    const { id, name, platform } = page;
    return reply.code(201).send({ id, name, platform });
  });

  app.post('/pages/:page/replies', async (request, reply) => {
    const page = pathPart(request, 'page');
    const { customer, text, appId } = replyBody.parse(request.body);
    requirePage(page, context);
    if (!store.world.customers.has(customer)) throw unknown('customer', customer);
    const { message } = deliverToCustomer(context, { page, customer, text, appId, metadata: null });
    return reply.code(201).send({ mid: message.mid });
  });
}
