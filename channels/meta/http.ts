/** One call to the Graph API: a request in, an answer or the lack of one out. Nothing is repeated here. */
import { createHmac } from 'node:crypto';
import type { Credentials } from '#channels/channel.ts';

export type GraphOptions = {
  /** Without a path, for example `https://graph.facebook.com`. */
  baseUrl: string;
  /** For example `v25.0`. */
  version: string;
  /** When given, every call carries `appsecret_proof`, so that a stolen token is of no use elsewhere. */
  appSecret?: string | undefined;
  fetch?: typeof fetch;
  /** For the whole call, reading the answer included. */
  timeLimitMs?: number;
};

export type GraphRequest = { path: string; query?: Record<string, string>; json?: unknown };

export type GraphAnswer =
  | { kind: 'answer'; status: number; headers: Headers; body: unknown }
  /** No connection was ever made, so Meta cannot have heard of it. */
  | { kind: 'unreachable'; detail: string }
  /** The request may have reached Meta. */
  | { kind: 'lost'; detail: string };

export type GraphCall = (by: Credentials, request: GraphRequest) => Promise<GraphAnswer>;

/** Answers are a few kilobytes; whoever sends more than this is not the Graph API. */
const LARGEST_ANSWER = 1_048_576;

/** A caller for one Graph API. It never throws and never puts the token where it could be logged. */
export function createGraphCall(options: GraphOptions): GraphCall {
  const { baseUrl, version, appSecret, timeLimitMs = 10_000 } = options;
  const send = options.fetch ?? fetch;
  return async (by, { path, query = {}, json }) => {
    const url = new URL(`${baseUrl.replace(/\/+$/, '')}/${version}/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (appSecret) url.searchParams.set('appsecret_proof', proofOf(by.token, appSecret));
    try {
      const response = await send(url, {
        method: json === undefined ? 'GET' : 'POST',
        headers: headersFor(by.token, json),
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        // The token must not follow a redirect to another host.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeLimitMs),
      });
      const { status, headers } = response;
      return { kind: 'answer', status, headers, body: await readBody(response) };
    } catch (error) {
      return failureOf(error, timeLimitMs);
    }
  };
}

function headersFor(token: string, json: unknown): Record<string, string> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  return json === undefined ? headers : { ...headers, 'content-type': 'application/json' };
}

function proofOf(token: string, appSecret: string): string {
  return createHmac('sha256', appSecret).update(token).digest('hex');
}

/** @returns undefined when the body is too large or no JSON */
async function readBody(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of stream ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (size > LARGEST_ANSWER) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Failures before there was a connection: nothing was sent. Every other one may have come after Meta had heard us. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function failureOf(error: unknown, timeLimitMs: number): GraphAnswer {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return { kind: 'lost', detail: `no answer within ${timeLimitMs} ms` };
  }
  const code = codeOf(error);
  return NEVER_CONNECTED.has(code)
    ? { kind: 'unreachable', detail: `no connection (${code})` }
    : { kind: 'lost', detail: `the connection broke (${code})` };
}

/** The system's word for what broke. The message is left out: it may quote the request. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'no code';
}
