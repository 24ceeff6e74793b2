/** A sandbox with somebody who receives its webhooks, both closed with the test that asked for them. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Fact } from '#channels/channel.ts';
import { parseDelivery } from '#channels/delivery.ts';
import { verifySignature } from '#channels/signature.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '#sandbox/sandbox.ts';

export const PAGE = '100000000000001';
export const TOKEN = 'sandbox-page-token';
export const APP_ID = '184719329217930';
export const APP_SECRET = 'secret-of-the-app';
export const VERIFY_TOKEN = 'verify-me';

/** Asks again until the answer is neither undefined, null nor false. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | null | false | Promise<T | undefined | null | false>,
): Promise<T> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    await wait(10);
  }
  throw new Error(`waited in vain until ${what}`);
}

/** A bare server for one test. @returns its address */
export async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

export type Receiver = {
  url: string;
  /** Every delivery that came, good or not, in order. */
  deliveries: { body: Buffer; isSigned: boolean }[];
  /** Facts of all deliveries that were answered with 200. */
  facts: () => Fact[];
  /** What it answers from now on. */
  answerWith(status: number): void;
};

/** A webhook that keeps what it gets and answers Meta's challenge. */
export async function startReceiver(): Promise<Receiver> {
  const deliveries: Receiver['deliveries'] = [];
  const accepted: Buffer[] = [];
  let status = 200;
  const url = await serve((request, response) => {
    const query = new URL(request.url ?? '/', 'http://x').searchParams;
    if (request.method === 'GET') {
      const isRight = query.get('hub.verify_token') === VERIFY_TOKEN;
      response.writeHead(isRight ? 200 : 403).end(query.get('hub.challenge'));
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const header = request.headers['x-hub-signature-256'];
      const isSigned = verifySignature(body, header?.toString(), [APP_SECRET]);
      deliveries.push({ body, isSigned });
      if (status === 200) accepted.push(body);
      response.writeHead(status).end();
    });
  });
  return {
    url: `${url}/webhooks/meta`,
    deliveries,
    facts: () =>
      accepted
        .flatMap((body) => parseDelivery(body))
        .map(({ outcome }) => {
          if ('error' in outcome) throw new Error(outcome.error);
          return outcome.fact;
        }),
    answerWith(next) {
      status = next;
    },
  };
}

/** A sandbox on a free port. */
export async function aSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    port: 0,
    webhookUrl: options.webhookUrl ?? (await startReceiver()).url,
    appId: APP_ID,
    appSecret: APP_SECRET,
    verifyToken: VERIFY_TOKEN,
    ...options,
  });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

export type Answer = { status: number; headers: Headers; body: unknown };

/** One call of HTTP. The body is parsed where it is JSON. */
export async function ask(
  url: string,
  method = 'GET',
  json?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== '' ? JSON.parse(text) : text,
  };
}

/** A customer who has written once, so that the Page may answer. */
export async function aCustomer(
  sandbox: Sandbox,
  name = 'Lan',
): Promise<{ id: string; mid: string }> {
  const { body } = await ask(`${sandbox.url}/sandbox/customers`, 'POST', { name });
  const { id } = body as { id: string };
  const written = await ask(`${sandbox.url}/sandbox/customers/${id}/messages`, 'POST', {
    text: 'Còn size M không?',
  });
  return { id, mid: (written.body as { mid: string }).mid };
}
