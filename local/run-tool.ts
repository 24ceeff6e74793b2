import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const LAST_LINES = 15;

/** A program that does one thing and ends. */
export type Tool = {
  command: string;
  args: readonly string[];
  cwd?: string;
  /** Added to this process's own environment; undefined takes a variable away. */
  env?: NodeJS.ProcessEnv;
};

/**
 * Runs a program to its end. It ends with this process.
 * @param onLine gets each line it writes
 * @throws Error with its last lines when it fails
 */
export async function runTool(
  { command, args, cwd, env }: Tool,
  onLine: (line: string) => void = () => {},
): Promise<void> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      onLine(line);
    });
  }
  const stop = () => child.kill();
  process.once('exit', stop);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code !== 0) throw new Error(`it ended with ${code ?? signal}:\n${last.join('\n')}`);
  } finally {
    process.off('exit', stop);
  }
}
