import type { Faults } from '#sandbox/faults.ts';
import type { Store } from '#sandbox/store.ts';
import type { WebhookSender } from '#sandbox/webhook-sender.ts';

/** What the sandbox's routes share. */
export type Context = {
  appId: string;
  appSecret: string;
  verifyToken: string;
  store: Store;
  faults: Faults;
  webhooks: WebhookSender;
};
