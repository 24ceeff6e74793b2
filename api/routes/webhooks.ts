import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { verifySignature } from '#channels/signature.ts';
import { Problem } from '#contracts/errors.ts';
import type { ApiDeps } from '../deps.ts';

/** A thousand updates of several kB; Meta documents no maximum. */
const BODY_LIMIT = 25 * 1024 * 1024;

/**
 * Meta's way in. It does nothing but check the signature and store the bytes, so that it answers within
 * milliseconds whatever else is down; no schema and no log line per delivery.
 */
export function webhookRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { deliveries, metrics, env } = deps;
  // The signature is over the bytes as they came, whatever they claim to be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.post('/webhooks/meta', { bodyLimit: BODY_LIMIT }, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (!verifySignature(body, signatureOf(request), env.META_APP_SECRET)) {
      metrics.deliveries.inc({ result: 'refused' });
      throw new Problem('WRONG_SIGNATURE');
    }
    try {
      await deliveries.store(body);
    } catch (err) {
      // Whatever it was: not stored, so Meta has to send it again.
      metrics.deliveries.inc({ result: 'failed' });
      request.log.warn({ err }, 'a delivery could not be stored');
      throw new Problem('UNAVAILABLE');
    }
    metrics.deliveries.inc({ result: 'stored' });
    deps.nudgeIntake();
    return reply.type('text/plain').send('EVENT_RECEIVED');
  });

  app.get('/webhooks/meta', async (request, reply) => {
    const challenge = challengeOf(request.query, env.META_VERIFY_TOKEN);
    if (challenge === null) throw new Problem('WRONG_VERIFY_TOKEN');
    return reply.type('text/plain').send(challenge);
  });
}

function signatureOf(request: FastifyRequest): string | undefined {
  const header = request.headers['x-hub-signature-256'];
  return typeof header === 'string' ? header : undefined;
}

/** What Meta wants to hear when it asks whether we are who we say; null = it is not Meta, or not well set up. */
function challengeOf(query: unknown, verifyToken: string): string | null {
  const given = new Map(Object.entries(query ?? {}));
  const [mode, token, challenge] = ['mode', 'verify_token', 'challenge'].map((name): unknown =>
    given.get(`hub.${name}`),
  );
  if (mode !== 'subscribe' || typeof token !== 'string' || typeof challenge !== 'string')
    return null;
  return challenge !== '' && isSame(token, verifyToken) ? challenge : null;
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
