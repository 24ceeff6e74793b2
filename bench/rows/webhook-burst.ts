import { sendAll } from '#bench/harness/load.ts';
import { median } from '#bench/harness/numbers.ts';
import { inTurn, rateLine } from '#bench/harness/pairs.ts';
import type { Row } from '#bench/harness/row.ts';
import { whenTrue } from '#bench/harness/watch.ts';
import { customerWrites, newCustomers } from '#bench/setup/webhooks.ts';

const CONNECTIONS = 64;
const MOST_SECONDS = 3;
/** One customer in so many writes for the first time. */
const NEW_EACH = 10;

/** A burst as fast as the API takes it, everything running; then until all of it stands in the threads. */
export const webhookBurst: Row = {
  name: 'webhook-burst',
  async measure(bench) {
    const inbox = await bench.running();
    const floorUrl = await inbox.bareWebhooks();
    const count = bench.size(5_000, 1_000);
    const open = await inbox.openSessions(bench.size(900, 180));
    const storedSeconds: number[] = [];

    const webhooks = () => {
      const known = open.map(({ customer }) => customer);
      const customers = [...known, ...newCustomers(Math.round(known.length / (NEW_EACH - 1)))];
      return Array.from({ length: count }, (_, n) =>
        customerWrites(customers[n % customers.length] ?? ''),
      );
    };
    const isStored = async () => {
      const { rows } = await inbox.pool.query<{ left: boolean }>(
        `select exists (select from webhook_delivery where state = 'new') as left`,
      );
      return rows[0]?.left === false;
    };
    const pairs = await inTurn({
      runs: bench.size(5, 3),
      async ours() {
        const { seconds } = await sendAll(inbox.url, webhooks(), CONNECTIONS);
        const ended = performance.now();
        const storedAt = await whenTrue('the burst is stored', isStored, { everyMs: 5 });
        storedSeconds.push((storedAt - ended) / 1_000);
        await inbox.settled();
        return count / seconds;
      },
      floor: async () => count / (await sendAll(floorUrl, webhooks(), CONNECTIONS)).seconds,
      note: bench.note,
    });
    const stored = Math.max(...storedSeconds);
    return [
      rateLine(`webhooks, burst of ${count}, everything running`, pairs, 0.5),
      {
        what: `… and until all of the burst is stored`,
        measured: `${median(storedSeconds).toFixed(1)} s, at most ${stored.toFixed(1)} s`,
        floor: null,
        ratio: null,
        bar: `≤ ${MOST_SECONDS} s after its end`,
        isMet: stored <= MOST_SECONDS,
        samples: { seconds: storedSeconds },
      },
    ];
  },
};
