import type { Readiness } from '#contracts/health.ts';
import { liveAnswer, readyAnswer } from '#contracts/health.ts';
import type { Api } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import { readiness } from '../readiness.ts';

/** For whoever watches over the process; needs no login. */
export function healthRoutes(app: Api, deps: ApiDeps): void {
  app.get('/health/live', { schema: { response: { 200: liveAnswer } } }, async () => {
    return { status: 'ok' as const };
  });

  app.get(
    '/health/ready',
    { schema: { response: { 200: readyAnswer, 503: readyAnswer } } },
    async (_request, reply) => {
      const found: Readiness = await readiness(deps);
      return reply.status(found.status === 'unready' ? 503 : 200).send(found);
    },
  );

  app.get('/metrics', async (_request, reply) => {
    const { registry } = deps.metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
