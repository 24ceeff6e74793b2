import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { buildApp } from '#api/app.ts';
import type { ApiDeps } from '#api/deps.ts';
import { parseEnv } from '#api/env.ts';
import { createMetrics } from '#api/metrics.ts';
import { createOutcomes, type Outcomes } from '#api/outcomes.ts';
import { NO_PRESENCE } from '#api/presence.ts';
import { issueLogin } from '#api/sign-in.ts';
import { createStreamHub } from '#api/stream/hub.ts';
import type { Db } from '#db/database.ts';
import { createDeliveryStore } from '#db/deliveries.ts';
import type { AgentId } from '#domain/ids.ts';

export const META = { secret: 'test-app-secret', verifyToken: 'test-verify-token' };

export type TestApi = {
  app: FastifyInstance;
  deps: ApiDeps;
  /** What was logged, a line each. */
  log: string[];
  nudged: { intake: number; relay: number; line: number };
  /** Requests made in here wait for the outcomes of their commands until these are committed, however long that takes. */
  patiently<T>(work: () => Promise<T>): Promise<T>;
  /** Speaks HTTP as this agent. */
  as(agent: AgentId): Promise<Caller>;
  close(): Promise<void>;
};

export type Caller = (options: InjectOptions) => Promise<LightMyRequestResponse>;

/** Nobody commits anything in most tests: they need not wait for it as long as a person would. */
const IMPATIENT_MS = 300;
const PATIENT_MS = 30_000;

function waitingFor(patience: { ms: number }, outcomes: Outcomes): Outcomes {
  return { ...outcomes, wait: (id, ms) => outcomes.wait(id, ms > 0 ? patience.ms : 0) };
}

/** The whole server on a database of the test's own, without Temporal. */
export async function testApi(
  { db, url }: { db: Db; url: string },
  changes: Partial<ApiDeps> = {},
): Promise<TestApi> {
  const log: string[] = [];
  const env = parseEnv({
    DATABASE_URL: url,
    META_APP_ID: '1',
    META_APP_SECRET: META.secret,
    META_VERIFY_TOKEN: META.verifyToken,
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
  });
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(line) });
  const metrics = createMetrics(db);
  const nudged = { intake: 0, relay: 0, line: 0 };
  const patience = { ms: IMPATIENT_MS };
  const deps: ApiDeps = {
    env,
    log: logger,
    db,
    deliveries: createDeliveryStore(url),
    metrics,
    outcomes: waitingFor(patience, createOutcomes(db, logger)),
    stream: await createStreamHub({
      db,
      log: logger,
      onCount: (clients) => metrics.streams.set(clients),
    }),
    temporalStatus: async () => 'unknown',
    isServing: () => true,
    pages: null,
    nudgeIntake: () => (nudged.intake += 1),
    nudgeRelay: () => (nudged.relay += 1),
    nudgeLine: () => (nudged.line += 1),
    presence: NO_PRESENCE,
    ...changes,
  };
  const app = await buildApp(deps);
  await app.ready();
  return {
    app,
    deps,
    log,
    nudged,
    async patiently(work) {
      patience.ms = PATIENT_MS;
      try {
        return await work();
      } finally {
        patience.ms = IMPATIENT_MS;
      }
    },
    async as(agent) {
      const token = await issueLogin(db, agent);
      return (options) => app.inject({ ...options, cookies: { everthread: token } });
    },
    async close() {
      await Promise.all([deps.stream.close(), deps.outcomes.close()]);
      await app.close();
      await deps.deliveries.close();
    },
  };
}
