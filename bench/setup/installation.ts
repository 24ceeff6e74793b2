import { join } from 'node:path';
import pg from 'pg';
import { sendAll } from '#bench/harness/load.ts';
import { whenTrue } from '#bench/harness/watch.ts';
import { bareSessions, type BareSessions } from '#bench/floors/bare-sessions.ts';
import { backgroundPart, httpPart, type HttpPart } from '#local/node-part.ts';
import type { Part } from '#local/part.ts';
import { freePort } from '#local/ports.ts';
import type { Stack } from '#local/stack.ts';
import { APP_SECRET, customerWrites, newCustomers } from './webhooks.ts';
import type { Workspace } from './workspace.ts';

/** A session that is open and in somebody's charge. */
export type OpenSession = { id: string; customer: string; assignee: string };

/** An installation to measure on, and the floors beside it. */
export type Installation = {
  stack: Stack;
  workspace: Workspace;
  dataDir: string;
  /** The API's address. */
  url: string;
  /** For looking at what was committed. */
  pool: pg.Pool;
  /** Headers of a request of the owner. */
  asOwner: (idempotencyKey?: string) => Record<string, string>;
  /** So many open sessions, those that are there first; makes what is missing. */
  openSessions: (count: number) => Promise<OpenSession[]>;
  /** Everything that came in has been taken in, applied and looked up. */
  settled: () => Promise<void>;
  /** The floor of sessions; its worker starts with the first call. */
  bareSessions: () => Promise<BareSessions>;
  /** The floor of webhooks: address of its server, which starts with the first call. */
  bareWebhooks: () => Promise<string>;
  close: () => Promise<void>;
};

/** Connections that post webhooks when it does not matter how. */
const POSTING = 16;

export function createInstallation(
  stack: Stack,
  { workspace, dataDir }: { workspace: Workspace; dataDir: string },
): Installation {
  const pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 4 });
  const { url } = stack.apis[0];
  const floors: { parts: Part[]; sessions?: Promise<BareSessions>; webhooks?: Promise<string> } = {
    parts: [],
  };
  const log = (name: string) => join(dataDir, 'logs', `${name}.log`);

  const settled = async () => {
    await whenTrue('all that came in has been applied', () => isSettled(pool), { everyMs: 50 });
  };
  const startSessions = async () => {
    const part = floorWorker(stack, log('floor-worker'));
    floors.parts.push(part);
    await part.start();
    return bareSessions(stack.temporal.address, pool);
  };
  const startWebhooks = async () => {
    const part = await floorServer(stack, log('floor-server'));
    floors.parts.push(part);
    await part.start();
    return part.url;
  };
  return {
    stack,
    workspace,
    dataDir,
    url,
    pool,
    settled,
    asOwner: (key) => ({
      authorization: `Bearer ${workspace.owner.token}`,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    }),
    async openSessions(count) {
      const found = await findOpen(pool, count);
      if (found.length === count) return found;
      const missing = newCustomers(count - found.length);
      await sendAll(url, missing.map(customerWrites), POSTING);
      await settled();
      return findOpen(pool, count);
    },
    bareSessions: () => (floors.sessions ??= startSessions()),
    bareWebhooks: () => (floors.webhooks ??= startWebhooks()),
    async close() {
      await (await floors.sessions)?.close();
      await Promise.all(floors.parts.map((part) => part.stop()));
      await pool.end();
    },
  };
}

async function isSettled(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ busy: boolean }>(`
    select exists (select from webhook_delivery where state = 'new')
      or exists (select from customer where profile_due_at < clock_timestamp())
      or exists (select from session s join session_queue q on q.session_id = s.id
        where q.last_seq > s.applied_seq) as busy`);
  return rows[0]?.busy === false;
}

async function findOpen(pool: pg.Pool, count: number): Promise<OpenSession[]> {
  const { rows } = await pool.query<OpenSession>(
    `select s.id, i.external_id as customer, s.assignee_id as assignee
    from session s join customer_identity i on i.customer_id = s.customer_id
    where s.status = 'open' and s.assignee_id is not null
    order by s.id limit $1`,
    [count],
  );
  return rows;
}

function floorWorker(stack: Stack, logFile: string): Part {
  return backgroundPart({
    name: 'floor worker',
    entry: 'bench/floors/worker.ts',
    logFile,
    readyMessage: 'floor worker ready',
    env: () => ({ DATABASE_URL: stack.databaseUrl, TEMPORAL_ADDRESS: stack.temporal.address }),
  });
}

async function floorServer(stack: Stack, logFile: string): Promise<HttpPart> {
  const port = await freePort();
  return httpPart({
    name: 'floor server',
    entry: 'bench/floors/webhook-server.ts',
    logFile,
    port,
    readyPath: '/ready',
    env: () => ({ DATABASE_URL: stack.databaseUrl, APP_SECRET, PORT: String(port) }),
  });
}
