import { sign } from '#channels/signature.ts';
import { echoPayload, messagePayload, toWire } from '#sandbox/payloads.ts';
import { SEED_PAGE } from '#sandbox/seed.ts';
import type { Request } from '#bench/harness/load.ts';

/** The secret of the app that the stack runs as when it is told of no other; see local/apps.ts. */
export const APP_SECRET = 'sandbox-app-secret';
/** Meta's own inbox. */
const META_INBOX_APP_ID = '26390203743090';

const TEXT = 'Chào shop, áo dài sen size M còn màu xanh không ạ? Mình ở Đà Nẵng, ship mấy ngày?';

let mids = 0;
let customers = 0;

/** Page-scoped ids of people who have never written. */
export function newCustomers(count: number): string[] {
  return Array.from({ length: count }, () => {
    customers += 1;
    return String(5_000_000_000_000_000 + customers);
  });
}

/** The webhook of a customer's message: as Meta writes and signs it, some 300 bytes. */
export function customerWrites(customer: string): Request {
  return customerSays(customer, TEXT);
}

export function customerSays(customer: string, text: string): Request {
  return toWebhook(messagePayload({ ...message(customer, 'customer', null), text }));
}

/** The webhook of an answer that somebody gave in Meta's own inbox. */
export function answeredElsewhere(customer: string): Request {
  return toWebhook(echoPayload(message(customer, 'page', META_INBOX_APP_ID)));
}

function message(customer: string, from: 'customer' | 'page', appId: string | null) {
  mids += 1;
  const mid = `m_bench_${String(mids).padStart(60, '0')}`;
  const at = Date.now();
  return { mid, page: SEED_PAGE.id, customer, from, text: TEXT, at, appId, metadata: null };
}

function toWebhook(payload: unknown): Request {
  const body = Buffer.from(toWire(payload));
  return {
    method: 'POST',
    path: '/webhooks/meta',
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': sign(body, APP_SECRET),
    },
    body,
  };
}
