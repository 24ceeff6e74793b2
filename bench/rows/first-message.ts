import { sendAll } from '#bench/harness/load.ts';
import { inTurn, rateLine } from '#bench/harness/pairs.ts';
import type { Row } from '#bench/harness/row.ts';
import { whenTrue } from '#bench/harness/watch.ts';
import type { Installation } from '#bench/setup/installation.ts';
import { customerWrites, newCustomers } from '#bench/setup/webhooks.ts';

const CONNECTIONS = 16;

/** From a stranger's webhook to a session in somebody's charge, many at once. */
export const firstMessage: Row = {
  name: 'first-message',
  async measure(bench) {
    const inbox = await bench.running();
    const floor = await inbox.bareSessions();
    const count = bench.size(200, 60);
    const pairs = await inTurn({
      runs: bench.size(5, 3),
      ours: () => openSessions(inbox, count),
      floor: () => floor.open(count),
      note: bench.note,
    });
    return [
      rateLine(`first message → assigned and visible: ${count} new customers at once`, pairs, 0.6),
    ];
  },
};

/** @returns sessions per second */
async function openSessions({ url, pool, settled }: Installation, count: number): Promise<number> {
  const customers = newCustomers(count);
  const webhooks = customers.map(customerWrites);
  const assigned = async () => {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int from customer_identity i join session s on s.customer_id = i.customer_id
      where i.external_id = any($1) and s.assignee_id is not null`,
      [customers],
    );
    return rows[0]?.count === count;
  };
  const started = performance.now();
  await sendAll(url, webhooks, CONNECTIONS);
  const ended = await whenTrue('all new customers are in somebody’s charge', assigned);
  await settled();
  return count / ((ended - started) / 1_000);
}
