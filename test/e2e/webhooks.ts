/** Meta's side of a test that must know exactly what was posted. */
import { sign } from '#channels/signature.ts';
import { SEED_PAGE } from '#sandbox/seed.ts';

/** The app that local/ sets up with the sandbox. */
export const APP_SECRET = 'sandbox-app-secret';

export type Written = { customer: string; mid: string; text: string };

/** A text message in an envelope of its own. */
export function envelope(...written: readonly Written[]): string {
  const now = Date.now();
  return JSON.stringify({
    object: 'page',
    entry: written.map(({ customer, mid, text }) => ({
      id: SEED_PAGE.id,
      time: now,
      messaging: [
        {
          sender: { id: customer },
          recipient: { id: SEED_PAGE.id },
          timestamp: now,
          message: { mid, text },
        },
      ],
    })),
  });
}

/** @returns the HTTP status */
export async function post(
  api: string,
  body: string,
  signature: string | null = sign(Buffer.from(body), APP_SECRET),
): Promise<number> {
  const response = await fetch(`${api}/webhooks/meta`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { 'x-hub-signature-256': signature }),
    },
    body,
  });
  await response.text();
  return response.status;
}
