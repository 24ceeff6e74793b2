import { NativeConnection, Runtime, DefaultLogger } from '@temporalio/worker';
import { pino } from 'pino';
import { createChannelClients } from '#channels/index.ts';
import { createDatabase } from '#db/database.ts';
import { createWaker } from '#db/notify.ts';
import { createSecretBox } from '#db/secrets.ts';
import { bundleWorkflows } from './bundle.ts';
import { createWorkers } from './create-workers.ts';
import { parseWorkerEnv } from './env.ts';

const env = parseWorkerEnv(process.env);
const log = pino({ name: 'worker', level: env.LOG_LEVEL });

Runtime.install({
  // Messages of the SDK carry ids and states only, never what a workflow was given.
  logger: new DefaultLogger('WARN', ({ level, message }) => {
    if (level === 'ERROR') log.error(message);
    else log.warn(message);
  }),
  telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  shutdownSignals: [],
});

// As many connections as commits and reads can be under way at once; more would only queue in Postgres.
const db = createDatabase(env.DATABASE_URL, { max: 20, statementTimeoutMs: 2_000 });
const connection = await NativeConnection.connect({ address: env.TEMPORAL_ADDRESS });
const workers = await createWorkers({
  connection,
  namespace: env.TEMPORAL_NAMESPACE,
  bundlePath: env.WORKFLOW_BUNDLE ?? (await bundleWorkflows()),
  maxCachedSessions: env.MAX_CACHED_SESSIONS,
  deps: {
    db,
    waker: createWaker(db),
    now: Date.now,
    secretBox: createSecretBox(env.SECRET_KEY),
    clients: createChannelClients({
      graphApiUrl: env.GRAPH_API_URL,
      graphVersion: env.GRAPH_API_VERSION,
      appSecret: env.META_APP_SECRET.split(',')[0] ?? '',
    }),
  },
});

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    log.info('worker stops');
    for (const worker of workers) worker.shutdown();
  });

log.info('worker ready');
await Promise.all(workers.map((worker) => worker.run()));
await connection.close();
await db.destroy();
