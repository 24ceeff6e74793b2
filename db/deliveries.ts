import pg from 'pg';

/** Keeps what Meta delivers, before anything else happens to it. */
export type DeliveryStore = {
  /** @throws when Postgres cannot be reached or is too slow: Meta then has to send it again */
  store(body: Buffer): Promise<void>;
  close(): Promise<void>;
};

/** Few: under a storm of deliveries the inbox must still get connections of the server. */
const CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 1_000;
const STATEMENT_TIMEOUT_MS = 2_000;
/** For a server that has stopped answering, and so cannot keep its own limit. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 500;

/** A small pool of its own, and one prepared statement without a query builder: this path is Meta's only way in. */
export function createDeliveryStore(databaseUrl: string): DeliveryStore {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  });
  // An idle connection that breaks must not end the process; the next delivery gets a new one.
  pool.on('error', () => undefined);
  return {
    async store(body) {
      await pool.query({
        name: 'store-delivery',
        text: 'insert into webhook_delivery (body) values ($1)',
        values: [body],
      });
    },
    close: () => pool.end(),
  };
}
