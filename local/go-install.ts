import { runTool } from '#local/run-tool.ts';

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
  // `-v` names each package on a line of its own as it is downloaded or compiled.
  let packages = 0;
  const alive = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    say(`building the Temporal server with Go, once: ${seconds} s, ${packages} packages so far`);
  }, SAY_EVERY_MS);
  try {
    // Without cgo no C compiler is needed.
    const env = { GOBIN: into, CGO_ENABLED: '0' };
    await runTool({ command: go, args: ['install', '-v', module], env }, () => (packages += 1));
  } finally {
    clearInterval(alive);
  }
}
