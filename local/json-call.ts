const TIMEOUT_MS = 10_000;

/** A JSON call's answer, once it is known to be a good one. */
export type JsonAnswer = { body: unknown; headers: Headers };

/**
 * One call of an HTTP API that speaks JSON.
 * @param body sent by POST; without one it is a GET
 * @throws Error with status and text of any answer but 2xx, or when nobody answers
 */
export async function callJson(
  url: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<JsonAnswer> {
  const response = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return { body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}
