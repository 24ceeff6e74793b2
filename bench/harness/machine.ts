import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 1_000;

export function describeMachine(): string {
  const [first] = cpus();
  return `${cpus().length} cores (${first?.model ?? 'unknown'}), Node ${process.version}`;
}

/** How many cores are at work while nothing is being measured: what they do falsifies the times that follow. */
export async function coresAtWork(): Promise<number> {
  const before = idleMs();
  const started = performance.now();
  await sleep(LOOK_MS);
  const passed = performance.now() - started;
  return Math.max(0, cpus().length - (idleMs() - before) / passed);
}

function idleMs(): number {
  return cpus().reduce((total, { times }) => total + times.idle, 0);
}
