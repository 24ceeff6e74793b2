import { randomInt } from 'node:crypto';
import { PlayError } from '#sandbox/play-error.ts';

/**
 * Meta's handshake before it uses a webhook: the address must answer our challenge.
 * Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests
 * @throws PlayError 502 when it does not
 */
export async function verifyWebhook(url: string, verifyToken: string): Promise<void> {
  const challenge = String(randomInt(1_000_000_000));
  const asked = new URL(url);
  asked.searchParams.set('hub.mode', 'subscribe');
  asked.searchParams.set('hub.challenge', challenge);
  asked.searchParams.set('hub.verify_token', verifyToken);
  const answer = await fetch(asked, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
  const isVerified = answer?.status === 200 && (await answer.text()) === challenge;
  if (!isVerified) {
    throw new PlayError(
      502,
      `${url} did not answer the challenge (${answer?.status ?? 'no answer'}).`,
    );
  }
}
