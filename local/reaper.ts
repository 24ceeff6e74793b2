import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/**
 * Sees to it that a process ends when this one is gone, even after `kill -9` of this one.
 *
 * Polling the parent's id in each child would need code inside Postgres and Temporal, and Linux's
 * parent-death signal does not exist on macOS; so one small shell (reaper.sh) watches over all.
 * @param pid the process to watch
 * @param signal how it wants to be asked to stop; five seconds later it is killed
 * @returns to be called once the process has ended: its number may by then belong to another
 */
export function endWithParent(pid: number, signal: 'SIGTERM' | 'SIGINT'): () => void {
  const reaper = theReaper();
  reaper.write(`watch ${pid} ${signal.slice('SIG'.length)}\n`);
  return () => void reaper.write(`forget ${pid}\n`);
}

let pipe: Writable | undefined;

function theReaper(): Writable {
  if (pipe) return pipe;
  const script = fileURLToPath(new URL('./reaper.sh', import.meta.url));
  // Detached: Ctrl-C in a terminal goes to its whole process group, and this one must outlive it.
  const reaper = spawn('sh', [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  reaper.unref();
  // A child's pipe is a socket underneath; open, it would keep this process from ending.
  (reaper.stdin as Socket).unref();
  reaper.stdin.on('error', () => (pipe = undefined));
  return (pipe = reaper.stdin);
}
