import pg from 'pg';
import { surviveBreaks } from './database.ts';

/** Keeps what Meta delivers, before anything else happens to it. */
export type DeliveryStore = {
  /** Resolves once it is safe. @throws when Postgres cannot be reached or is too slow: Meta then sends it again */
  store(body: Buffer): Promise<void>;
  close(): Promise<void>;
};

/** Few: under a storm of deliveries the inbox must still get connections of the server. */
const CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 1_000;
const STATEMENT_TIMEOUT_MS = 2_000;
/** For a server that has stopped answering, and so cannot keep its own limit. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 500;
/** Who has waited so long for a free connection is told to come again. */
const WAIT_LIMIT_MS = 1_000;
/** What waits together is stored together: in a storm this makes one commit out of many. */
const MOST_TOGETHER = 16;
const MOST_BYTES_TOGETHER = 1024 * 1024;

type Waiting = {
  body: Buffer;
  since: number;
  resolve: () => void;
  reject: (error: unknown) => void;
};

/** A small pool of its own, and prepared statements without a query builder: this path is Meta's only way in. */
export function createDeliveryStore(databaseUrl: string): DeliveryStore {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  });
  surviveBreaks(pool);

  const waiting: Waiting[] = [];
  let busy = 0;

  const storeNext = async (): Promise<void> => {
    if (busy === CONNECTIONS || waiting.length === 0) return;
    const together = takeTogether(waiting);
    busy += 1;
    try {
      await pool.query(insertOf(together));
      for (const one of together) one.resolve();
    } catch (error) {
      for (const one of together) one.reject(error);
    }
    busy -= 1;
    giveUpOnOldest(waiting);
    void storeNext();
  };

  return {
    store: (body) =>
      new Promise((resolve, reject) => {
        waiting.push({ body, since: performance.now(), resolve, reject });
        void storeNext();
      }),
    close: () => pool.end(),
  };
}

/** The oldest that wait, as many as go into one statement; at least one. */
function takeTogether(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  const tooMuch = waiting.findIndex(({ body }, index) => {
    bytes += body.length;
    return index > 0 && (index === MOST_TOGETHER || bytes > MOST_BYTES_TOGETHER);
  });
  return waiting.splice(0, tooMuch === -1 ? waiting.length : tooMuch);
}

function insertOf(together: readonly Waiting[]): pg.QueryConfig {
  const rows = together.map((_one, index) => `($${index + 1})`).join(', ');
  return {
    name: `store-${together.length}`,
    text: `insert into webhook_delivery (body) values ${rows}`,
    values: together.map(({ body }) => body),
  };
}

function giveUpOnOldest(waiting: Waiting[]): void {
  const now = performance.now();
  while (waiting[0] !== undefined && now - waiting[0].since > WAIT_LIMIT_MS)
    waiting.shift()?.reject(new Error('No connection to Postgres was free in time'));
}
