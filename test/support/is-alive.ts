/** Whether a process of that number runs. A number that is none (0 is one's own group) is refused:
 *  it would look alive for ever. */
export function isAlive(pid: number | undefined): boolean {
  if (!pid || pid < 0) throw new Error(`No process's number: ${pid}`);
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
