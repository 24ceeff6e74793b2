import { fileURLToPath } from 'node:url';
import { createPart, type Part } from '#local/part.ts';

/** A part that answers HTTP. */
export type HttpPart = Part & { readonly port: number; readonly url: string };

type NodePartOptions = {
  name: string;
  /** From the project's root: `api/main.ts`. */
  entry: string;
  logFile: string;
  /** Asked at every start. */
  env: () => Record<string, string>;
};

/**
 * One of our own processes that listens on a port.
 * @param readyPath answers 200 once the process can work
 */
export function httpPart(options: NodePartOptions & { port: number; readyPath: string }): HttpPart {
  const url = `http://127.0.0.1:${options.port}`;
  const part = createPart({
    ...nodePart(options),
    async isReady() {
      const answer = await fetch(url + options.readyPath, { signal: AbortSignal.timeout(1_000) });
      await answer.body?.cancel();
      return answer.status === 200;
    },
  });
  return Object.assign(part, { port: options.port, url });
}

/**
 * One of our own processes that listens on no port.
 * @param readyMessage the `msg` of the JSON line it logs once it can work
 */
export function backgroundPart(options: NodePartOptions & { readyMessage: string }): Part {
  return createPart({
    ...nodePart(options),
    isReady: async (log) => (await log()).includes(`"msg":"${options.readyMessage}"`),
  });
}

/**
 * How our processes are kept small: who starts them by other means gives them the same. With all of it an API under load
 * takes 207 MB, and a worker with 1 500 sessions in memory 507 (`npm run bench -- memory`).
 */
const frugal = {
  args: [
    // Left to itself each thread keeps up to 134 MB for what lives only for a moment.
    '--max-semi-space-size=8',
    // Left to itself a heap grows up to fourfold before it is swept. At 40 an API needs 30 MB less, and sweeps more.
    '--heap-growing-percent=75',
  ],
  env: {
    // Left to themselves Temporal's threads have a heap of malloc each, and what they free stays in it; the second gives
    // larger blocks back at once. Both: 55 MB of a worker with 250 sessions.
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '131072',
    // Compiled at the first start. Otherwise TypeScript's compiler stays in memory, and a start takes twice the time.
    NODE_COMPILE_CACHE: fileURLToPath(
      new URL('../node_modules/.cache/everthread/compiled/', import.meta.url),
    ),
  },
};

function nodePart({ name, entry, logFile, env }: NodePartOptions) {
  const script = fileURLToPath(new URL(`../${entry}`, import.meta.url));
  return {
    name,
    logFile,
    launch: () => ({
      command: process.execPath,
      args: [...frugal.args, script],
      env: { ...frugal.env, ...env() },
    }),
    // Longer than the grace the worker gives its activities.
    stopTimeoutMs: 30_000,
  };
}
