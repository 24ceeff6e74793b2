import { sendAll } from '#bench/harness/load.ts';
import { inTurn, rateLine } from '#bench/harness/pairs.ts';
import type { Row } from '#bench/harness/row.ts';
import { separateInbox, webOnlyApi } from '#bench/setup/separate.ts';
import { customerWrites, newCustomers } from '#bench/setup/webhooks.ts';

const CONNECTIONS = 64;

/** What the way in itself costs: nobody reads what it stores. */
export const webhookIntakeOff: Row = {
  name: 'webhook-intake-off',
  async measure(bench) {
    const inbox = await bench.apart();
    const floorUrl = await inbox.bareWebhooks();
    const api = await webOnlyApi(inbox, await separateInbox(inbox, 'intake_off'));
    const webhooks = newCustomers(bench.size(10_000, 3_000)).map(customerWrites);
    const rate = async (url: string) =>
      webhooks.length / (await sendAll(url, webhooks, CONNECTIONS)).seconds;
    const pairs = await inTurn({
      runs: bench.size(5, 3),
      ours: () => rate(api.url),
      floor: () => rate(floorUrl),
      note: bench.note,
    });
    await api.stop();
    return [rateLine(`webhooks, ${webhooks.length}, intake off (ROLES=web)`, pairs, 0.8)];
  },
};
