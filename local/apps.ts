import { join } from 'node:path';
import { backgroundPart, httpPart, type HttpPart } from '#local/node-part.ts';
import { externalPart, type Part } from '#local/part.ts';
import { freePort } from '#local/ports.ts';

/** The processes that are ours: at least one of each. */
export type Apps = {
  readonly apis: readonly [HttpPart, ...HttpPart[]];
  readonly workers: readonly [Part, ...Part[]];
  /** Not ours when GRAPH_API_URL names another Meta. */
  readonly sandbox: HttpPart;
};

type AppsOptions = {
  dataDir: string;
  log: (name: string) => string;
  ports: { api: number; sandbox: number };
  apis: number;
  workers: number;
  env: Record<string, string>;
  /** Filled while the stack starts: read at each start of a process. */
  found: Record<string, string>;
};

/** Puts the API, worker and sandbox processes together, each with its environment. */
export async function createApps(options: AppsOptions): Promise<Apps> {
  const { ports, log, env, found } = options;
  const apiUrl = `http://127.0.0.1:${ports.api}`;
  const sandboxUrl = `http://127.0.0.1:${ports.sandbox}`;
  const shared = { ...demoApp, GRAPH_API_URL: sandboxUrl, PUBLIC_URL: apiUrl, HOST: '127.0.0.1' };

  const api = (number: number, port: number) =>
    httpPart({
      name: numbered('API', number),
      entry: 'api/main.ts',
      logFile: log(numbered('api', number)),
      port,
      readyPath: '/health/ready',
      env: () => ({ ...shared, ...found, ...env, PORT: String(port) }),
    });
  const worker = (number: number) =>
    backgroundPart({
      name: numbered('worker', number),
      entry: 'worker/main.ts',
      logFile: log(numbered('worker', number)),
      readyMessage: 'worker ready',
      env: () => ({ ...shared, ...found, ...env }),
    });
  const sandbox = env.GRAPH_API_URL
    ? Object.assign(externalPart('Meta'), { port: 0, url: env.GRAPH_API_URL })
    : httpPart({
        name: 'sandbox',
        entry: 'sandbox/main.ts',
        logFile: log('sandbox'),
        port: ports.sandbox,
        readyPath: '/sandbox/pending',
        env: () => ({
          ...demoApp,
          WEBHOOK_URL: `${apiUrl}/webhooks/meta`,
          SANDBOX_DATA: join(options.dataDir, 'sandbox.json'),
          ...env,
          SANDBOX_PORT: String(ports.sandbox),
        }),
      });

  const more = range(2, options.apis).map(async (number) => api(number, await freePort()));
  return {
    apis: [api(1, ports.api), ...(await Promise.all(more))],
    workers: [worker(1), ...range(2, options.workers).map(worker)],
    sandbox,
  };
}

/** The Meta app that the sandbox plays. Open to everybody, as it protects nothing. */
const demoApp = {
  META_APP_ID: '184719329217930',
  META_APP_SECRET: 'sandbox-app-secret',
  META_VERIFY_TOKEN: 'sandbox-verify-token',
};

function numbered(name: string, number: number): string {
  return number === 1 ? name : `${name}-${number}`;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
