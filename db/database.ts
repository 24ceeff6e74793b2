import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { preparing } from './prepared.ts';
import type { Database } from './schema.ts';

/** A pool or a transaction: every function of db/ works in either. */
export type Db = Kysely<Database>;
export type Trx = Transaction<Database>;

export type DatabaseOptions = {
  /** Most connections at once. */
  max?: number;
  /** How long to wait for a connection, in ms. */
  connectTimeoutMs?: number;
  /** Limit of one statement, in ms. */
  statementTimeoutMs?: number;
};

const IDLE_IN_TRANSACTION_MS = 30_000;
/** Beyond the server's own limit: for one that has stopped answering, and so cannot keep it. */
const SILENCE_MS = 1_000;

// Sequences and counters stay far below 2^53; as text they would have to be parsed at every use.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export function createDatabase(url: string, options: DatabaseOptions = {}): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    // What the planner takes for costly here is read in a millisecond: to compile it would take many times as long.
    options: '-c jit=off',
    // A process that hangs in a transaction must not hold its locks for ever.
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    ...(options.statementTimeoutMs === undefined
      ? {}
      : {
          statement_timeout: options.statementTimeoutMs,
          query_timeout: options.statementTimeoutMs + SILENCE_MS,
        }),
  });
  surviveBreaks(pool);
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
}

/**
 * A connection that breaks must not end the process, whether it is idle or in use: who uses it hears of it by the
 * query that fails, and the next user gets a new one.
 */
export function surviveBreaks(pool: pg.Pool): void {
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
}
