import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { latencies, ms } from '#bench/harness/latency.ts';
import { send } from '#bench/harness/load.ts';
import { percentile } from '#bench/harness/numbers.ts';
import type { Row } from '#bench/harness/row.ts';
import { whenTrue } from '#bench/harness/watch.ts';
import type { Installation } from '#bench/setup/installation.ts';
import { customerWrites, newCustomers } from '#bench/setup/webhooks.ts';

const BARS = { p50: 100, p99: 300 };
const PAUSE_MS = 60;

/** One customer after the other writes for the first time, nothing else going on. */
export const assignedIdle: Row = {
  name: 'assigned-idle',
  async measure(bench) {
    const inbox = await bench.running();
    const floor = await inbox.bareSessions();
    const agent = new Agent({ keepAlive: true });
    const [ours, floors]: [number[], number[]] = [[], []];
    // The first ones find cold code.
    for (const customer of newCustomers(20)) await untilAssigned(inbox, agent, customer);
    for (const customer of newCustomers(bench.size(300, 60))) {
      ours.push(await untilAssigned(inbox, agent, customer));
      await inbox.settled();
      await sleep(PAUSE_MS);
      floors.push(1_000 / (await floor.open(1)));
    }
    agent.destroy();
    const [p50, p99] = [percentile(ours, 0.5), percentile(ours, 0.99)];
    return [
      {
        what: `first message → assigned and visible, idle, ${ours.length} times`,
        measured: latencies(ours),
        floor: latencies(floors),
        ratio: p50 / percentile(floors, 0.5),
        bar: `p50 ≤ ${ms(BARS.p50)}, p99 ≤ ${ms(BARS.p99)} ms`,
        isMet: p50 <= BARS.p50 && p99 <= BARS.p99,
        samples: { ours, floor: floors },
      },
    ];
  },
};

/** @returns milliseconds */
async function untilAssigned(
  { url, pool }: Installation,
  agent: Agent,
  customer: string,
): Promise<number> {
  const webhook = customerWrites(customer);
  const isAssigned = async () => {
    const { rows } = await pool.query({
      name: 'is-assigned',
      text: `select s.assignee_id from customer_identity i join session s on s.customer_id = i.customer_id
        where i.external_id = $1 and s.assignee_id is not null`,
      values: [customer],
    });
    return rows.length > 0;
  };
  const started = performance.now();
  const status = await send(url, webhook, agent);
  if (status !== 200) throw new Error(`The webhook was answered with ${status}`);
  return (await whenTrue('the session is assigned', isAssigned, { everyMs: 2 })) - started;
}
