import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Api } from './answers.ts';
import type { ApiDeps } from './deps.ts';
import { documentApi, openApiRoute } from './openapi.ts';
import { answerClientError, handleErrors, sendNotFound } from './plugins/errors.ts';
import { pageRoutes } from './pages.ts';
import { observe } from './plugins/observe.ts';
import { requireOwnOrigin } from './plugins/origin.ts';
import { requireWho } from './plugins/who.ts';
import { askRoutes } from './routes/asks.ts';
import { auditRoutes } from './routes/audit.ts';
import { automationRoutes } from './routes/automation.ts';
import { besideRoutes } from './routes/beside.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { channelSettingsRoutes } from './routes/channel-settings.ts';
import { customerRoutes } from './routes/customers.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { dryRunRoutes } from './routes/dry-run.ts';
import { explainRoutes } from './routes/explain.ts';
import { exportRoutes } from './routes/export.ts';
import { groupRoutes } from './routes/groups.ts';
import { healthRoutes } from './routes/health.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { linkRoutes } from './routes/links.ts';
import { labelRoutes } from './routes/labels.ts';
import { loginRoutes } from './routes/login.ts';
import { meRoutes } from './routes/me.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { peopleRoutes } from './routes/people.ts';
import { presenceRoutes } from './routes/presence.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { settingsRoutes } from './routes/settings.ts';
import { streamRoutes } from './routes/stream.ts';
import { tagRoutes } from './routes/tags.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { templateRoutes } from './routes/templates.ts';
import { upgradeRoutes } from './routes/upgrades.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** The server: Meta's way in, then what everybody may ask for, then what only signed-in people may. */
export async function buildApp(deps: ApiDeps): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = deps.log;
  const app: FastifyInstance = fastify({
    loggerInstance,
    // Fastify's own lines hold addresses; plugins/observe.ts writes ours.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: deps.env.TRUST_PROXY,
    // Closing waits for answers that are being made; browsers keep connections open without needing them.
    forceCloseConnections: 'idle',
    // plugins/errors.ts says it in our shape.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    // An address that cannot be decoded, or has parts longer than any id.
    frameworkErrors: (_error, _request, reply) => void sendNotFound(reply),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  handleErrors(app);
  await documentApi(typed(app));
  // Outside of everything else, so that nothing is added to its way.
  await app.register(async (scope) => webhookRoutes(scope, deps));
  await app.register(async (scope) => healthRoutes(typed(scope), deps));
  await app.register(async (scope) => apiScope(typed(scope), deps), { prefix: '/api' });
  const { pages } = deps;
  if (pages !== null) await app.register(async (scope) => pageRoutes(scope, deps, pages));
  return app;
}

async function apiScope(app: Api, deps: ApiDeps): Promise<void> {
  // Fastify would read it as a body; a form of another site can send it without asking.
  app.removeContentTypeParser('text/plain');
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  observe(app, deps.metrics);
  requireOwnOrigin(app, deps.env.PUBLIC_URL);
  loginRoutes(app, deps);
  linkRoutes(app, deps);
  openApiRoute(app);
  await app.register(async (scope) => privateScope(typed(scope), deps));
}

async function privateScope(app: Api, deps: ApiDeps): Promise<void> {
  requireWho(app, deps);
  meRoutes(app, deps);
  tokenRoutes(app, deps);
  peopleRoutes(app, deps);
  invitationRoutes(app, deps);
  groupRoutes(app, deps);
  auditRoutes(app, deps);
  sessionRoutes(app, deps);
  bulkRoutes(app, deps);
  exportRoutes(app, deps);
  explainRoutes(app, deps);
  askRoutes(app, deps);
  besideRoutes(app, deps);
  notificationRoutes(app, deps);
  settingsRoutes(app, deps);
  channelSettingsRoutes(app, deps);
  dryRunRoutes(app, deps);
  labelRoutes(app, deps);
  automationRoutes(app, deps);
  templateRoutes(app, deps);
  customerRoutes(app, deps);
  tagRoutes(app, deps);
  deliveryRoutes(app, deps);
  presenceRoutes(app, deps);
  upgradeRoutes(app, deps);
  streamRoutes(app, deps);
}

/** Scopes forget the types of their parent. */
function typed(scope: FastifyInstance): Api {
  return scope.withTypeProvider<ZodTypeProvider>();
}
