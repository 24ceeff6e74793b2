import { resolve } from 'node:path';
import pg from 'pg';
import { createPart, type Part } from '#local/part.ts';
import { initialize, postgresPassword, postgresPrograms } from '#local/postgres-files.ts';
import { clearTraces } from '#local/postgres-traces.ts';
import { postgresUser, runAs } from '#local/unprivileged.ts';

/** The embedded Postgres: a part that also says where its databases are. */
export type PostgresPart = Part & {
  readonly port: number;
  /** `postgres://…` of one of its databases, with the password. */
  url(database: string): string;
};

export type PostgresOptions = {
  /** Made and filled at the first start; its password lies beside it, `<dataDir>.password`. */
  dataDir: string;
  port: number;
  logFile: string;
  /** `false` lets a power cut corrupt the data, and tests run faster. A killed process loses nothing
   *  either way: what it has written is with the operating system. Default true. */
  isDurable?: boolean;
};

/** Makes the part; the data folder is made when it first starts. */
export async function embeddedPostgres(options: PostgresOptions): Promise<PostgresPart> {
  const { port, logFile, isDurable = true } = options;
  const dataDir = resolve(options.dataDir);
  const password = await postgresPassword(dataDir);
  const url = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;

  const part = createPart({
    name: 'Postgres',
    logFile,
    async launch() {
      const [programs, user] = await Promise.all([postgresPrograms(), postgresUser()]);
      await initialize(dataDir, { programs, user });
      await clearTraces(dataDir);
      const settings = Object.entries({ ...sane, ...(isDurable ? {} : hasty), port });
      const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      const command = programs.postgres;
      const args = ['-D', dataDir, ...flags];
      return runAs(user, { command, args, env: { LC_ALL: 'C' } }, [command, dataDir]);
    },
    isReady: () => answers(url('postgres')),
    // A "fast" stop: SIGTERM would wait until the last client hangs up.
    stopSignal: 'SIGINT',
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 30_000,
    // After a kill the old one's workers live on for a moment, and Postgres then refuses to start.
    retryMs: 10_000,
  });
  return Object.assign(part, { port, url });
}

const sane = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '256MB',
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Statements and the details of errors carry customers' words: they stay out of the log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

const hasty = { fsync: 'off', full_page_writes: 'off' };

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 1_000 });
  client.on('error', () => {
    // It went down again while we asked: the query below fails and says so.
  });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Makes the database if it is not there.
 * @param url its address; the user needs the right to make databases only where it is missing
 */
export async function ensureDatabase(url: string): Promise<void> {
  if (await exists(url)) return;
  const admin = new URL(url);
  const name = decodeURIComponent(admin.pathname.slice(1));
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  try {
    await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

const NO_SUCH_DATABASE = '3D000';

async function exists(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === NO_SUCH_DATABASE) return false;
    throw error;
  } finally {
    await client.end();
  }
}
