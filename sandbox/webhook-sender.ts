/** Delivers webhooks as Meta does: signed, again until they are answered with 200, in order per customer. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Faults } from '#sandbox/faults.ts';
import { createLanes } from '#sandbox/lanes.ts';
import type { Store } from '#sandbox/store.ts';
import { createPost } from '#sandbox/webhook-post.ts';
import type { Webhook } from '#sandbox/world.ts';

/** "Immediately a few times", then slower; the last one repeats. */
const BACK_OFF_MS = [50, 100, 200, 500, 1_000, 2_000];
const LONGEST_BACK_OFF_MS = 5_000;
/** Meta drops what nobody took for so long. */
const GIVE_UP_AFTER_MS = 36 * 3_600_000;
/** How far the fault `reorder` holds a webhook back. */
const REORDER_MS = 1_000;

export type WebhookSender = {
  /**
   * Keeps a delivery and sends it; later ones of the same lane wait for it.
   * @returns settled after the first try, whatever came of it
   */
  enqueue(delivery: { lane: string; body: string; delayMs?: number }): Promise<void>;
  /** Posts these bytes once, signed. @returns the HTTP status, 0 when there was no answer */
  post(bytes: Buffer): Promise<number>;
  redirectTo(url: string): void;
  /** Stops; what was not acknowledged stays kept for the next process. */
  close(): Promise<void>;
};

type Options = { url: string; appSecret: string; store: Store; faults: Faults };

export function createWebhookSender({ url, appSecret, store, faults }: Options): WebhookSender {
  const target = { url };
  const closing = new AbortController();
  const post = createPost(appSecret, closing.signal);
  const postNow = (bytes: Buffer) => post(bytes, target.url);
  const lanes = createLanes();

  function run(webhook: Webhook): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const delivery = { webhook, post: postNow, store, faults, closing: closing.signal };
    lanes.add(webhook.lane, () => deliver(delivery, resolve).finally(resolve));
    return promise;
  }

  // What was on its way when the last process ended.
  for (const webhook of store.world.webhooks.values()) void run(webhook);

  return {
    enqueue({ lane, body, delayMs = 0 }) {
      const id = randomUUID();
      const heldMs = delayMs + (faults.roll('reorder') ? faults.rollUpTo(REORDER_MS) : 0);
      const notBefore = Date.now() + heldMs;
      // Held back: in a lane of its own, so that the customer's other webhooks go past it.
      const webhook = { id, lane: heldMs > 0 ? id : lane, notBefore, body };
      store.record({ type: 'webhook', webhook });
      return run(webhook);
    },
    post: postNow,
    redirectTo(next) {
      target.url = next;
    },
    async close() {
      closing.abort();
      await lanes.end();
    },
  };
}

type Delivery = {
  webhook: Webhook;
  post: WebhookSender['post'];
  store: Store;
  faults: Faults;
  closing: AbortSignal;
};

async function deliver(delivery: Delivery, onTried: () => void): Promise<void> {
  const { webhook, post, store, faults, closing } = delivery;
  const bytes = Buffer.from(webhook.body);
  await pause(Math.max(0, webhook.notBefore - Date.now()), closing);
  const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
  for (let tries = 0; !closing.aborted; tries += 1) {
    const status = await post(bytes);
    onTried();
    if (status === 200 || Date.now() > giveUpAt) {
      store.record({ type: 'webhook_settled', id: webhook.id });
      if (faults.roll('duplicateWebhooks')) await post(bytes);
      return;
    }
    await pause(BACK_OFF_MS[tries] ?? LONGEST_BACK_OFF_MS, closing);
  }
}

/** Waits, or returns at once when the sandbox closes. */
async function pause(ms: number, closing: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { signal: closing }).catch(() => undefined);
}
