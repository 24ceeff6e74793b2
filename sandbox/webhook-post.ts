import { sign } from '#channels/signature.ts';
import { createGate } from '#sandbox/gate.ts';

/** Meta's own: who has not answered by then counts as failed.
 *  Source: https://developers.facebook.com/docs/messenger-platform/webhooks (200 within 5 seconds) */
const ANSWER_LIMIT_MS = 5_000;
const CONCURRENT_POSTS = 50;

/** Posts these bytes once as they are. @returns the HTTP status, 0 when there was no answer */
export type Post = (bytes: Buffer, url: string) => Promise<number>;

/** @param closing ends every post that is under way */
export function createPost(appSecret: string, closing: AbortSignal): Post {
  const gate = createGate(CONCURRENT_POSTS);
  const post: Post = async (bytes, url) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'facebookexternalua',
        'x-hub-signature-256': sign(bytes, appSecret),
      },
      body: new Uint8Array(bytes),
      signal: AbortSignal.any([closing, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
    });
    await response.body?.cancel();
    return response.status;
  };
  // Refused, cut, or too slow: all the same to Meta, it comes again.
  return (bytes, url) => gate(() => post(bytes, url).catch(() => 0));
}
