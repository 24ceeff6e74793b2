import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const SAY_EVERY_MS = 10_000;

/**
 * Runs `go install`, telling now and then that it is alive: a large program takes minutes.
 * @param module with its version: `example.com/cmd@v1.2.3`
 * @param into the folder the program is put into
 * @throws Error with Go's last lines when it fails
 */
export async function goInstall({
  go,
  module,
  into,
  say,
}: {
  go: string;
  module: string;
  into: string;
  say: (line: string) => void;
}): Promise<void> {
  const startedAt = Date.now();
  const child = spawn(go, ['install', '-v', module], {
    // Without cgo no C compiler is needed.
    env: { ...process.env, GOBIN: into, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // `-v` names each package on a line of its own as it is downloaded or compiled.
  let packages = 0;
  const last: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    packages += 1;
    last.push(line);
    if (last.length > 10) last.shift();
  });
  const alive = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    say(`building the Temporal server with Go, once: ${seconds} s, ${packages} packages so far`);
  }, SAY_EVERY_MS);
  const stop = () => child.kill();
  process.once('exit', stop);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`go install ended with ${code}:\n${last.join('\n')}`);
  } finally {
    clearInterval(alive);
    process.off('exit', stop);
  }
}
