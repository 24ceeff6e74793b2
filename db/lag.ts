import { sql } from 'kysely';
import type { Db } from './database.ts';

export type Lag = {
  /** Postgres's clock. */
  now: Date;
  /** Age of the oldest delivery that nobody has read yet, in ms; 0 = all were read. */
  intakeMs: number;
  /** Age of the oldest journal entry that was not handed to Temporal yet, in ms. */
  relayMs: number;
};

/** How far behind the parts are that work through what has come in. */
export async function readLag(db: Db): Promise<Lag> {
  const { rows } = await sql<Lag>`
    select clock_timestamp() as now,
      coalesce((select extract(epoch from clock_timestamp() - received_at) * 1000
        from webhook_delivery where state = 'new' order by id limit 1), 0)::float8 as "intakeMs",
      coalesce((select extract(epoch from clock_timestamp() - ready_since) * 1000
        from session_queue where last_seq > delivered_seq order by ready_since limit 1), 0)::float8 as "relayMs"
  `.execute(db);
  const [lag] = rows;
  if (lag === undefined) throw new Error('Postgres answered without a row');
  return lag;
}

/** Whether the migrations have been applied: without them no request could be served. */
export async function hasSchema(db: Db): Promise<boolean> {
  const { rows } = await sql<{ present: boolean }>`
    select to_regclass('public.settings_fanout') is not null as present
  `.execute(db);
  return rows[0]?.present ?? false;
}
