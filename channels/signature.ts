import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER = /^sha256=([0-9a-f]{64})$/i;

/** The value of `X-Hub-Signature-256` for these bytes: HMAC-SHA256 with the app's secret as the key.
 *  Source: https://developers.facebook.com/docs/messenger-platform/webhooks#event-notifications */
export function sign(rawBody: Buffer, secret: string): string {
  return `sha256=${digest(rawBody, secret).toString('hex')}`;
}

/**
 * Whether Meta signed exactly these bytes with one of our secrets. Takes the bytes as received: a parsed and
 * re-serialised body has another signature. Never throws, whatever the header holds.
 * An empty secret is no secret: anybody could sign with it.
 */
export function verifySignature(
  rawBody: Buffer,
  header: string | undefined,
  secrets: readonly string[],
): boolean {
  const hex = HEADER.exec(header ?? '')?.[1];
  if (hex === undefined) return false;
  const claimed = Buffer.from(hex, 'hex');
  const matches = secrets
    .filter((secret) => secret !== '')
    .map((secret) => timingSafeEqual(digest(rawBody, secret), claimed));
  return matches.includes(true);
}

function digest(rawBody: Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update(rawBody).digest();
}
