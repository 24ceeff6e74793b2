/** The floor of what workflows do, with the same options as the worker of Everthread. A process of its own. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import pg from 'pg';
import { bundle } from '#worker/bundle.ts';
import { sessionWorkerOptions } from '#worker/create-workers.ts';
import { FLOOR_QUEUE } from './bare-sessions.ts';
import type { FloorActivities } from './workflow.ts';

const { DATABASE_URL: connectionString, TEMPORAL_ADDRESS: address = '' } = process.env;

const quiet = new DefaultLogger('ERROR');
Runtime.install({ logger: quiet, telemetryOptions: { logging: { filter: 'ERROR' } } });
const pool = new pg.Pool({ connectionString, max: 20 });
const activities: FloorActivities = {
  async upsert(id, times) {
    await pool.query({
      name: 'upsert',
      text: `insert into floor_session (id, times) values ($1, $2)
        on conflict (id) do update set times = excluded.times`,
      values: [id, times],
    });
  },
};
await pool.query(
  'create table if not exists floor_session (id text primary key, times int not null)',
);
const worker = await Worker.create({
  ...sessionWorkerOptions(1_500),
  connection: await NativeConnection.connect({ address }),
  taskQueue: FLOOR_QUEUE,
  workflowBundle: await bundle(new URL('workflow.ts', import.meta.url)),
  activities,
});
process.once('SIGTERM', () => worker.shutdown());
console.log(JSON.stringify({ msg: 'floor worker ready' }));
await worker.run();
process.exit(0);
