import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { becomesTrue } from '#local/wait.ts';

const run = promisify(execFile);

/**
 * Deals with what a killed Postgres leaves behind where Postgres cannot do so itself: its
 * postmaster.pid may name a number that another program has since (after a reboot), and where we
 * were killed together with our reaper, the old Postgres still runs and is stopped here.
 *
 * The file of a dead process stays: by it Postgres sees whether workers of the old one are left.
 * @throws Error when an old Postgres does not stop within 10 s
 */
export async function clearTraces(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  const content = await readFile(file, 'utf8').catch(() => '');
  const pid = Number(content.split('\n', 1)[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const command = await commandOf(pid);
  if (command === undefined) return;
  if (!command.includes(dataDir)) return rm(file, { force: true });
  process.kill(pid, 'SIGINT');
  const isGone = async () => (await commandOf(pid)) === undefined;
  if (await becomesTrue(isGone, { timeoutMs: 10_000 })) return;
  throw new Error(`An older Postgres (process ${pid}) on ${dataDir} does not stop.`);
}

/** The command line of a process; undefined when there is no such process, or no way to tell. */
async function commandOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform !== 'linux') {
      return (await run('ps', ['-ww', '-o', 'args=', '-p', String(pid)])).stdout;
    }
    // Empty for a process that has ended and that nobody has asked about yet.
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')) || undefined;
  } catch {
    // No such file, or `ps` found nothing: the usual case, no process.
    return undefined;
  }
}
