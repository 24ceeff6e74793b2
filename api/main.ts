/** The API process: environment, parts, listen, and an orderly end. */
import type { Logger } from 'pino';
import { createDatabase, type Db } from '#db/database.ts';
import { createDeliveryStore } from '#db/deliveries.ts';
import { hasSchema } from '#db/lag.ts';
import { listen } from '#db/listen.ts';
import { createWaker } from '#db/notify.ts';
import { checkSecretKey, createSecretBox } from '#db/secrets.ts';
import { buildApp } from './app.ts';
import type { ApiDeps } from './deps.ts';
import { parseEnv, type ApiEnv } from './env.ts';
import { startIngest } from './ingest.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createOutcomes } from './outcomes.ts';
import { loadPages } from './pages.ts';
import { NO_PRESENCE, startPresence } from './presence.ts';
import { readiness } from './readiness.ts';
import { createStreamHub } from './stream/hub.ts';
import { createTemporalStatus } from './temporal-status.ts';
import { createTemporalClient } from './temporal.ts';

/** Long enough for a list at a hundred thousand sessions, short enough that a stuck query frees its connection. */
const STATEMENT_TIMEOUT_MS = 10_000;

async function serve(env: ApiEnv): Promise<void> {
  const log = createLog(env.LOG_LEVEL);
  const db = await openDatabase(env);
  const { deps, close } = await startParts({ env, log, db });
  let serving = true;
  const app = await buildApp({ ...deps, isServing: () => serving });

  const stop = async (): Promise<void> => {
    log.info('API stops');
    serving = false;
    await deps.stream.close();
    await app.close();
    await close();
    await db.destroy();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end(stop, log));

  await app.listen({ port: env.PORT, host: env.HOST });
  const { warnings } = await readiness({ ...deps, isServing: () => true });
  for (const warning of warnings) log.warn(warning);
  log.info({ port: env.PORT, roles: env.ROLES }, 'API ready');
}

/** @throws Error that says what to do when there is nothing to serve from, or only with another key */
async function openDatabase(env: ApiEnv): Promise<Db> {
  const db = createDatabase(env.DATABASE_URL, { statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  if (!(await hasSchema(db)))
    throw new Error('The database has no tables yet: run the migrations first (npm start does).');
  await checkSecretKey(db, createSecretBox(env.SECRET_KEY));
  return db;
}

type Parts = { deps: Omit<ApiDeps, 'isServing'>; close: () => Promise<void> };

async function startParts(base: { env: ApiEnv; log: Logger; db: Db }): Promise<Parts> {
  const { env, log, db } = base;
  const metrics = createMetrics(db);
  const waker = createWaker(db);
  const temporal = createTemporalClient(env.TEMPORAL_ADDRESS, env.TEMPORAL_NAMESPACE);
  const takesIn = env.ROLES.includes('ingest');
  const ingest = takesIn ? startIngest({ ...base, metrics, temporal }) : null;
  const deliveries = createDeliveryStore(env.DATABASE_URL);
  const outcomes = createOutcomes(db, log);
  const stream = await createStreamHub({ db, log, onCount: (n) => metrics.streams.set(n) });
  const wakeUps = listen(env.DATABASE_URL, 'change', () => {
    outcomes.nudge();
    stream.nudge();
  });
  const presence = env.ROLES.includes('web')
    ? startPresence({ db, log, askEvery: (ms) => stream.beatEvery(ms), waker })
    : NO_PRESENCE;
  const deps = {
    ...base,
    deliveries,
    metrics,
    outcomes,
    stream,
    pages: env.ROLES.includes('web') ? await loadPages() : null,
    temporalStatus: takesIn ? createTemporalStatus(temporal) : async () => 'unknown' as const,
    nudgeIntake: () => ingest?.nudgeIntake(),
    nudgeRelay() {
      ingest?.nudgeRelay();
      if (ingest === null) waker.wake('journal');
      waker.wake('change');
    },
    nudgeLine() {
      ingest?.nudgeLine();
      if (ingest === null) waker.wake('line');
    },
    presence,
  };
  const close = async (): Promise<void> => {
    await Promise.all([outcomes.close(), wakeUps.close(), presence.stop(), ingest?.close()]);
    await Promise.all([temporal.close(), deliveries.close()]);
  };
  return { deps, close };
}

function end(stop: () => Promise<void>, log: Logger): void {
  stop().then(
    () => process.exit(0),
    (err: unknown) => {
      log.error({ err }, 'API did not stop in order');
      process.exit(1);
    },
  );
}

serve(parseEnv(process.env)).catch((error: unknown) => {
  // Before there is a log: whoever starts the process reads this.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
