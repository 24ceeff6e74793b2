import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { endWithParent } from '#local/reaper.ts';

/** A command with all it needs. */
export type Launch = {
  command: string;
  args: readonly string[];
  /** Added to this process's own environment. */
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
};

const LOG_ROTATE_BYTES = 20_000_000;

/**
 * Starts a process that writes to a log file and ends with this one.
 * @returns the process, and a reader of what it has logged since this start
 * @throws Error when the command cannot be run
 */
export async function launch(
  { command, args, env, uid, gid }: Launch,
  { logFile, stopSignal }: { logFile: string; stopSignal: 'SIGTERM' | 'SIGINT' },
): Promise<{ process: ChildProcess; logSoFar: () => Promise<string> }> {
  await mkdir(dirname(logFile), { recursive: true });
  const size = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (size > LOG_ROTATE_BYTES) await rename(logFile, `${logFile}.old`);
  const log = await open(logFile, 'a');
  const start = (await log.stat()).size;
  try {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      // A file instead of a pipe through us: it goes on taking the log while we are busy or dead.
      stdio: ['ignore', log.fd, log.fd],
      // Its own process group: Ctrl-C reaches only us, and we stop the parts in the right order.
      detached: true,
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    await once(child, 'spawn');
    const { pid } = child;
    if (pid !== undefined) child.once('exit', endWithParent(pid, stopSignal));
    const logSoFar = async () => (await readFile(logFile)).subarray(start).toString();
    return { process: child, logSoFar };
  } finally {
    await log.close();
  }
}

/** Whether the process is gone. */
export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Resolves when the process has ended, with how: "exit code 1" or "SIGKILL". */
export async function endOf(child: ChildProcess): Promise<string> {
  if (!hasEnded(child)) await once(child, 'exit');
  return child.signalCode ?? `exit code ${child.exitCode}`;
}

/** The last lines of a log, for an error message. */
export async function logTail(logFile: string): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-12).join('\n');
}
