/** For tests: what is on its way, what arrived, and what shall go wrong. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Context } from '#sandbox/context.ts';
import { faultSettings, scriptedFault } from '#sandbox/faults.ts';
import { verifyWebhook } from '#sandbox/verify-webhook.ts';
import { outboxOf } from '#sandbox/world.ts';

export function registerControl(app: FastifyInstance, context: Context): void {
  const { store, faults, webhooks } = context;

  app.get('/pending', async () => ({ pending: store.world.webhooks.size }));
  app.get('/outbox', async () => outboxOf(store.world));

  app.get('/faults', async () => faults.settings());
  app.put('/faults', async (request) => {
    faults.set(faultSettings.parse(request.body));
    return faults.settings();
  });
  app.delete('/faults', async (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.post('/faults/next', async (request, reply) => {
    faults.script(scriptedFault.parse(request.body));
    return reply.code(204).send();
  });

  app.put('/webhook', async (request) => {
    const { url } = z.strictObject({ url: z.url() }).parse(request.body);
    await verifyWebhook(url, context.verifyToken);
    webhooks.redirectTo(url);
    return { url };
  });

  app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    // Whatever the body is, JSON or not: signed and posted once, and the receiver's answer told.
    raw.post('/webhooks', async (request) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      return { status: await webhooks.post(body) };
    });
  });
}
