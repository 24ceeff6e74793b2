import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../metrics.ts';

/** Measures and logs each request of this scope: method, route, status and time; never an address or a body. */
export function observe(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const { statusCode: status, elapsedTime } = reply;
    metrics.requests.observe({ method, route, status: String(status) }, elapsedTime / 1_000);
    const ms = Math.round(elapsedTime);
    const agent = request.who?.person.agent;
    request.log.info({ method, route, status, ms, agent }, 'request');
  });
}
