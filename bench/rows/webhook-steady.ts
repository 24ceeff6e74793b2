import { latencies, ms } from '#bench/harness/latency.ts';
import { sendSteadily } from '#bench/harness/load.ts';
import { percentile } from '#bench/harness/numbers.ts';
import type { Row } from '#bench/harness/row.ts';
import { customerWrites } from '#bench/setup/webhooks.ts';

const PER_SECOND = 200;
const MOST_MS = 100;

/** Meta's webhooks at a steady rate, while everything that follows from them goes on. */
export const webhookSteady: Row = {
  name: 'webhook-steady',
  async measure(bench) {
    const inbox = await bench.running();
    const floorUrl = await inbox.bareWebhooks();
    const sessions = await inbox.openSessions(bench.size(500, 100));
    const next = (n: number) => customerWrites(sessions[n % sessions.length]?.customer ?? '');
    const seconds = bench.size(60, 10);
    const measure = (url: string, forSeconds: number) =>
      sendSteadily(url, { perSecond: PER_SECOND, seconds: forSeconds, next });

    const floor = await measure(floorUrl, bench.size(20, 5));
    const ours = await measure(inbox.url, seconds);
    await inbox.settled();
    const p99 = percentile(ours, 0.99);
    return [
      {
        what: `webhooks, ${PER_SECOND}/s for ${seconds} s to ${sessions.length} open sessions`,
        measured: latencies(ours),
        floor: latencies(floor),
        ratio: p99 / percentile(floor, 0.99),
        bar: `p99 ≤ ${ms(MOST_MS)} ms`,
        isMet: p99 <= MOST_MS,
        samples: { ours, floor },
      },
    ];
  },
};
