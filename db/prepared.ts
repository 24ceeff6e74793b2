import { createHash } from 'node:crypto';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/** Statements that are kept prepared, per process; a text beyond these is planned at each use, as it would be anyway. */
const MOST = 300;

const names = new Map<string, string>();

/**
 * Lets Postgres parse and plan each statement once per connection instead of at every use: for what the inbox asks
 * that takes as long as running it. Texts must not differ with their values; lists go in as one array or as JSON.
 */
export function preparing(pool: pg.Pool): PostgresPool {
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      const found = known.get(client) ?? prepare(client);
      known.set(client, found);
      return found;
    },
  };
}

function prepare(client: pg.PoolClient): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[]) => {
    // Transactions' own statements have nothing to plan.
    const name = values.length === 0 ? undefined : nameOf(text);
    return client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
  };
  return {
    // Kysely also asks for cursors, but only where one is configured.
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  };
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 24);
  names.set(text, name);
  return name;
}
