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

// Left to itself each thread keeps up to 134 MB for what lives only for a moment; with this much it is as fast.
const small = ['--max-semi-space-size=16'];

function nodePart({ name, entry, logFile, env }: NodePartOptions) {
  const script = fileURLToPath(new URL(`../${entry}`, import.meta.url));
  return {
    name,
    logFile,
    launch: () => ({ command: process.execPath, args: [...small, script], env: env() }),
    // Longer than the grace the worker gives its activities.
    stopTimeoutMs: 30_000,
  };
}
