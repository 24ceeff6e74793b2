import { readFileSync } from 'node:fs';

/** Whether a process of that number runs. A number that is none (0 is one's own group) is refused:
 *  it would look alive for ever. */
export function isAlive(pid: number | undefined): boolean {
  if (!pid || pid < 0) throw new Error(`No process's number: ${pid}`);
  try {
    return process.kill(pid, 0) && !hasOnlyItsNumberLeft(pid);
  } catch {
    return false;
  }
}

/** It has ended, and whoever is to take note of that does not: so it goes with orphans in a container without an init. */
function hasOnlyItsNumberLeft(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Not Linux, or just gone: `kill` has told all there is to know.
    return false;
  }
}
