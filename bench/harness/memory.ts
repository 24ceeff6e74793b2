import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const EVERY_MS = 250;

/** Memory that a process holds, in MB. @throws Error when there is no such process */
async function residentMb(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout.trim()) / 1_024;
}

/** Looks at processes while something is done. @returns the most memory that each held, in MB */
export async function mostMemory(
  pids: readonly number[],
  work: () => Promise<unknown>,
): Promise<number[]> {
  const most = pids.map(() => 0);
  let isOver = false;
  const look = async () => {
    do {
      const now = await Promise.all(pids.map(residentMb));
      now.forEach((mb, index) => (most[index] = Math.max(most[index] ?? 0, mb)));
      await sleep(EVERY_MS);
    } while (!isOver);
  };
  const worked = work().finally(() => (isOver = true));
  await Promise.all([worked, look()]);
  return most;
}
