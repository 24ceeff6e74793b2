/** The API process: environment, dependencies, listen, and an orderly end. */
import { createDeliveryStore } from '#db/deliveries.ts';
import { createDatabase } from '#db/database.ts';
import { hasSchema } from '#db/lag.ts';
import { listen } from '#db/listen.ts';
import { createWaker } from '#db/notify.ts';
import { checkSecretKey, createSecretBox } from '#db/secrets.ts';
import { buildApp } from './app.ts';
import { parseEnv, type ApiEnv } from './env.ts';
import { startIngest } from './ingest.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createOutcomes } from './outcomes.ts';
import { createStreamHub } from './stream/hub.ts';
import { createTemporalClient } from './temporal.ts';
import { createTemporalStatus } from './temporal-status.ts';

/** Long enough for a list at a hundred thousand sessions, short enough that a stuck query frees its connection. */
const STATEMENT_TIMEOUT_MS = 10_000;

async function serve(env: ApiEnv): Promise<void> {
  const log = createLog(env.LOG_LEVEL);
  const db = createDatabase(env.DATABASE_URL, { statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  if (!(await hasSchema(db)))
    throw new Error('The database has no tables yet: run the migrations first (npm start does).');
  await checkSecretKey(db, createSecretBox(env.SECRET_KEY));

  const metrics = createMetrics(db);
  const waker = createWaker(db);
  const temporal = createTemporalClient(env.TEMPORAL_ADDRESS, env.TEMPORAL_NAMESPACE);
  const takesIn = env.ROLES.includes('ingest');
  const ingest = takesIn ? startIngest({ db, log, env, metrics, temporal }) : null;
  const deliveries = createDeliveryStore(env.DATABASE_URL);
  const outcomes = createOutcomes(db, log);
  const stream = await createStreamHub({
    db,
    log,
    onCount: (clients) => metrics.streams.set(clients),
  });
  const wakeUps = listen(env.DATABASE_URL, 'change', () => {
    outcomes.nudge();
    stream.nudge();
  });
  let serving = true;

  const app = await buildApp({
    env,
    log,
    db,
    deliveries,
    metrics,
    outcomes,
    stream,
    temporalStatus: takesIn ? createTemporalStatus(temporal) : async () => 'unknown',
    isServing: () => serving,
    nudgeIntake: () => ingest?.nudgeIntake(),
    nudgeRelay() {
      ingest?.nudgeRelay();
      if (ingest === null) waker.wake('journal');
      waker.wake('change');
    },
  });

  const stop = async (): Promise<void> => {
    log.info('API stops');
    serving = false;
    await Promise.all([stream.close(), outcomes.close(), wakeUps.close()]);
    await app.close();
    await ingest?.close();
    await Promise.all([temporal.close(), deliveries.close(), db.destroy()]);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      stop().then(
        () => process.exit(0),
        (err: unknown) => {
          log.error({ err }, 'API did not stop in order');
          process.exit(1);
        },
      );
    });

  await app.listen({ port: env.PORT, host: env.HOST });
  log.info({ port: env.PORT, roles: env.ROLES }, 'API ready');
}

serve(parseEnv(process.env)).catch((error: unknown) => {
  // Before there is a log: whoever starts the process reads this.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
