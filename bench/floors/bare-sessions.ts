import { Client, Connection } from '@temporalio/client';
import type pg from 'pg';
import { whenTrue } from '#bench/harness/watch.ts';
import { bareSession, toldSignal } from './workflow.ts';

export const FLOOR_QUEUE = 'floor';

/** As many as the relay tells at a time. */
const AT_ONCE = 32;

/** The floor of everything that sessions do: workflows that only keep one row each. */
export type BareSessions = {
  /** Starts so many with their first signal. @returns how many per second had their row */
  open: (count: number) => Promise<number>;
  /** One signal to so many that are open; opens what is missing first. @returns how many rows per second */
  tell: (count: number) => Promise<number>;
  close: () => Promise<void>;
};

export async function bareSessions(address: string, pool: pg.Pool): Promise<BareSessions> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const opened: string[] = [];

  const timed = async (ids: readonly string[], work: (id: string) => Promise<unknown>) => {
    const before = await timesOf(pool, ids);
    const started = performance.now();
    await eachOf(ids, work);
    const ended = await whenTrue(
      'all bare workflows have written',
      async () => (await timesOf(pool, ids)) >= before + ids.length,
      { everyMs: ids.length === 1 ? 2 : 20 },
    );
    return ids.length / ((ended - started) / 1_000);
  };
  const open = (count: number) => {
    const fresh = Array.from({ length: count }, (_, n) => `floor/${opened.length + n}`);
    opened.push(...fresh);
    return timed(fresh, (id) =>
      client.workflow.signalWithStart(bareSession, {
        workflowId: id,
        taskQueue: FLOOR_QUEUE,
        args: [id],
        signal: toldSignal,
      }),
    );
  };
  return {
    open,
    async tell(count) {
      if (opened.length < count) await open(count - opened.length);
      return timed(opened.slice(-count), (id) => client.workflow.getHandle(id).signal(toldSignal));
    },
    close: () => connection.close(),
  };
}

async function timesOf(pool: pg.Pool, ids: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ times: number }>(
    'select coalesce(sum(times), 0)::int as times from floor_session where id = any($1)',
    [ids],
  );
  return rows[0]?.times ?? 0;
}

async function eachOf(ids: readonly string[], work: (id: string) => Promise<unknown>) {
  const left = [...ids];
  const take = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await work(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
}
