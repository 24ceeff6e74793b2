import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { inject } from 'vitest';
import { createDatabase, type Db } from '#db/database.ts';
import { until } from './until.ts';

/** A database of one test file's own: migrated, empty, real. */
export type TestDatabase = {
  url: string;
  db: Db;
  /** Hangs up and drops it; to be called in `afterAll`. */
  close(): Promise<void>;
};

/** A pool of which everybody wants something at once is busy for longer on a busy machine. */
const CONNECT_TIMEOUT_MS = 60_000;

/** Copies the migrated template. Costs some 50 ms, so once per file is usual and per test possible. */
export async function testDatabase({ max = 10 }: { max?: number } = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(`create database ${name} template ${inject('templateDatabase')}`);
  const address = new URL(inject('adminUrl'));
  address.pathname = `/${name}`;
  const db = createDatabase(address.href, { max, connectTimeoutMs: CONNECT_TIMEOUT_MS });
  return {
    url: address.href,
    db,
    async close() {
      await db.destroy();
      // By force: a test that failed may have left a connection open.
      await asAdmin(`drop database ${name} with (force)`);
    },
  };
}

/** Waits until somebody in this database waits for a lock that another transaction holds. */
export async function untilOneWaitsForALock(db: Db): Promise<void> {
  await until(async () => {
    const { rows } = await sql<{ is: boolean }>`
      select exists (select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock') as is`.execute(db);
    return rows[0]?.is;
  });
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('adminUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
