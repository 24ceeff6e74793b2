import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { goInstall } from '#local/go-install.ts';

const run = promisify(execFile);

// The newest release that `go install` can build: later ones have a local `replace` in their go.mod.
const VERSION = 'v1.5.1';
const MODULE = `github.com/temporalio/cli/cmd/temporal@${VERSION}`;

/** Where this machine keeps things and finds programs; given by the tests. */
export type Machine = { path: string; cacheDir: string };

/** This machine: its PATH, and `${XDG_CACHE_HOME:-~/.cache}/everthread`. */
export function thisMachine(env: NodeJS.ProcessEnv = process.env): Machine {
  const caches = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return { path: env.PATH ?? '', cacheDir: join(caches, 'everthread') };
}

/**
 * The Temporal server: `temporal` on PATH, else our cache folder, else built once with Go into it.
 * @param say gets a line now and then while it is built, which takes minutes
 * @returns the program's path
 * @throws Error naming every way to get it when none is open here
 */
export async function temporalBinary(
  say: (line: string) => void = () => {},
  machine: Machine = thisMachine(),
): Promise<string> {
  const cached = join(machine.cacheDir, 'bin', 'temporal');
  const found = (await onPath('temporal', machine)) ?? (await runnable(cached));
  if (found) return found;
  const go = await onPath('go', machine);
  if (!go) throw new Error(waysToGetIt(cached));
  await build(cached, { go, machine, say });
  return cached;
}

async function build(
  target: string,
  { go, machine, say }: { go: string; machine: Machine; say: (line: string) => void },
): Promise<void> {
  await mkdir(join(machine.cacheDir, 'bin'), { recursive: true });
  // Built beside and moved when whole: a build that is broken off leaves no half of a program, and
  // of two at once the later one wins.
  const folder = await mkdtemp(join(machine.cacheDir, 'build-'));
  try {
    await goInstall({ go, module: MODULE, into: folder, say });
    const built = join(folder, 'temporal');
    await run(built, ['--version']);
    await rename(built, target);
  } catch (cause) {
    throw new Error(
      `Go could not build the Temporal server (${messageOf(cause)}). ${waysToGetIt(target)}`,
      { cause },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function onPath(name: string, { path }: Machine): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const found = await runnable(join(folder, name));
    if (found) return found;
  }
  return undefined;
}

async function runnable(file: string): Promise<string | undefined> {
  return access(file, constants.X_OK).then(
    () => file,
    () => undefined,
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.trim() : String(cause);
}

function waysToGetIt(cached: string): string {
  return [
    'Everthread needs the Temporal server. One of these provides it:',
    '  - install the Temporal CLI, so that `temporal` is on PATH: https://docs.temporal.io/cli',
    `  - put its program at ${cached}`,
    '  - install Go (https://go.dev/dl): the next start builds it once, in about 4 minutes',
    '  - run a Temporal server elsewhere and name it: TEMPORAL_ADDRESS=host:7233',
  ].join('\n');
}

if (import.meta.main) console.log(await temporalBinary((line) => console.error(line)));
