import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Db } from '#db/database.ts';
import { readLag } from '#db/lag.ts';
import { countParked } from '#db/parked.ts';
import { isDatabaseAway } from '#db/trouble.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** All that this process counts. No label holds an id or a name. */
export function createMetrics(db: Db) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  gauges(db, registers);
  return {
    registry,
    deliveries: new Counter({
      name: 'webhook_deliveries_total',
      help: "Meta's deliveries by what became of them: stored, refused (signature), failed (database)",
      labelNames: ['result'] as const,
      registers,
    }),
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Requests to the API',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: [0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
      registers,
    }),
    streams: new Gauge({ name: 'streams_open', help: 'Connected browsers', registers }),
    sessionsRescued: new Counter({
      name: 'sessions_rescued_total',
      help: 'Sessions that the watchdog had to wake',
      registers,
    }),
  };
}

/** Read from the database when somebody looks. */
function gauges(db: Db, registers: Registry[]): void {
  new Gauge({
    name: 'deliveries_parked',
    help: 'What could not be read: whole deliveries, and single items',
    labelNames: ['what'] as const,
    registers,
    collect: unlessAway(async (gauge: Gauge<'what'>) => {
      const { deliveries, items } = await countParked(db);
      gauge.set({ what: 'delivery' }, deliveries);
      gauge.set({ what: 'item' }, items);
    }),
  });
  new Gauge({
    name: 'oldest_waiting_seconds',
    help: 'Age of the oldest delivery that was not read yet, and of the oldest entry not handed to Temporal',
    labelNames: ['stage'] as const,
    registers,
    collect: unlessAway(async (gauge: Gauge<'stage'>) => {
      const { intakeMs, relayMs } = await readLag(db);
      gauge.set({ stage: 'intake' }, intakeMs / 1_000);
      gauge.set({ stage: 'relay' }, relayMs / 1_000);
    }),
  });
}

/** Without Postgres these series are missing, and the others are still told. */
function unlessAway<Label extends string>(read: (gauge: Gauge<Label>) => Promise<void>) {
  return async function (this: Gauge<Label>): Promise<void> {
    try {
      await read(this);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      this.reset();
    }
  };
}
