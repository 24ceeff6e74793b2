/** Sends requests: as fast as so many connections can, or so many per second whatever happens. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';

export type Request = {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
};

const SEND_AGAIN_MS = 250;

export type Burst = { seconds: number; latenciesMs: number[] };

/**
 * Sends each request once, so many at a time.
 * @throws Error when one is answered with anything but 2xx
 */
export async function sendAll(
  url: string,
  requests: readonly Request[],
  connections: number,
): Promise<Burst> {
  let next = 0;
  const take = (given: autocannon.Request): autocannon.Request => {
    // It builds a few more than it sends.
    const one = requests[next % requests.length];
    next += 1;
    return { ...given, ...one };
  };
  const latenciesMs: number[] = [];
  const started = performance.now();
  let ended = started;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const running = autocannon(
      {
        url,
        connections,
        amount: requests.length,
        requests: [{ setupRequest: take }],
        timeout: 30,
      },
      (error: unknown, result) => (error instanceof Error ? reject(error) : resolve(result)),
    );
    running.on('response', (_client, _status, _bytes, responseMs) => {
      latenciesMs.push(responseMs);
      ended = performance.now();
    });
  });
  if (result['2xx'] < requests.length)
    throw new Error(
      `Of ${requests.length} requests to ${url} only ${result['2xx']} were answered with 2xx ` +
        `(${result['4xx']} 4xx, ${result['5xx']} 5xx, ${result.errors} errors)`,
    );
  return { seconds: (ended - started) / 1_000, latenciesMs };
}

type Steady = { perSecond: number; seconds: number; next: (n: number) => Request };

/**
 * Sends so many per second and waits for none of them, as Meta does; what is refused with 503 is sent again. Latency
 * counts from when a request was due until it was taken, so that a server that stalls is charged for all of it.
 * @throws Error when one is answered with anything but 2xx or 503
 */
export async function sendSteadily(
  url: string,
  { perSecond, seconds, next }: Steady,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const total = perSecond * seconds;
  const answers: Promise<number>[] = [];
  const started = performance.now();
  while (answers.length < total) {
    const dueAt = started + (answers.length * 1_000) / perSecond;
    if (dueAt > performance.now()) {
      await sleep(1);
      continue;
    }
    const answer = sendUntilTaken(url, next(answers.length), agent).then((at) => at - dueAt);
    // It rises below, with all the others.
    answer.catch(() => undefined);
    answers.push(answer);
  }
  const latenciesMs = await Promise.all(answers);
  agent.destroy();
  return latenciesMs;
}

async function sendUntilTaken(url: string, one: Request, agent: Agent): Promise<number> {
  for (;;) {
    const status = await send(url, one, agent);
    if (status >= 200 && status < 300) return performance.now();
    if (status !== 503) throw new Error(`${one.method} ${one.path} was answered with ${status}`);
    await sleep(SEND_AGAIN_MS);
  }
}

/** Sends one request and reads its answer. @returns the status */
export function send(url: string, one: Request, agent: Agent): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { method, path, headers, body } = one;
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const sent = request(
    `${url}${path}`,
    { method, headers: { ...headers, ...length }, agent },
    (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    },
  );
  sent.once('error', reject);
  sent.end(body);
  return promise;
}
