/** The Graph API as far as a support inbox uses it. */
import type { FastifyInstance } from 'fastify';
import type { Context } from '#sandbox/context.ts';
import { registerComments } from '#sandbox/comment-routes.ts';
import { registerConversations } from '#sandbox/conversation-routes.ts';
import { GraphFailure } from '#sandbox/graph-failure.ts';
import { registerSend } from '#sandbox/send-route.ts';
import { registerSubscriptions } from '#sandbox/subscription-routes.ts';

const USAGE = JSON.stringify({ call_count: 3, total_cputime: 2, total_time: 2 });

export function registerGraph(app: FastifyInstance, context: Context): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-app-usage', USAGE);
    reply.header('facebook-api-version', 'v25.0');
  });
  app.setErrorHandler((error, _request, reply) => {
    const failure =
      error instanceof GraphFailure
        ? error
        : new GraphFailure({
            message: `(#100) ${error instanceof Error ? error.message : 'Invalid request'}`,
            type: 'OAuthException',
            code: 100,
          });
    return reply.code(failure.status).headers(failure.headers).send(failure.body());
  });
  registerSend(app, context);
  registerConversations(app, context);
  registerComments(app, context);
  registerSubscriptions(app, context);
}
