import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { goInstall } from '#local/go-install.ts';
import { downloadTemporal, officialDownloads, type Downloads } from '#local/temporal-download.ts';

const run = promisify(execFile);

// The newest release that `go install` can build: later ones have a local `replace` in their go.mod.
const VERSION = 'v1.5.1';
const MODULE = `github.com/temporalio/cli/cmd/temporal@${VERSION}`;
const VERSION_TIMEOUT_MS = 30_000;

/** Where this machine keeps things and finds programs; given by the tests. */
export type Machine = { path: string; cacheDir: string; downloads: Downloads };

/** This machine: its PATH, and `${XDG_CACHE_HOME:-~/.cache}/everthread`. */
export function thisMachine(env: NodeJS.ProcessEnv = process.env): Machine {
  const caches = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return {
    path: env.PATH ?? '',
    cacheDir: join(caches, 'everthread'),
    downloads: officialDownloads(env),
  };
}

/**
 * The Temporal server: `temporal` on PATH, else our cache folder, else put into it once: downloaded,
 * or built with Go.
 * @param say gets a line now and then while it is fetched, which takes up to minutes
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
  const failures: string[] = [];
  for (const { name, fetchInto } of await waysToFetch(machine, say)) {
    const [last] = failures.slice(-1);
    if (last !== undefined) say(last);
    try {
      await fillCache(cached, { machine, fetchInto });
      return cached;
    } catch (error) {
      failures.push(`${name} failed: ${messageOf(error)}`);
    }
  }
  throw new Error([...failures, waysToGetIt(cached)].join('\n'));
}

type Way = { name: string; fetchInto: (folder: string) => Promise<void> };

async function waysToFetch(machine: Machine, say: (line: string) => void): Promise<Way[]> {
  const go = await onPath('go', machine);
  const from = machine.downloads;
  return [
    {
      name: 'The download of the Temporal server',
      fetchInto: (into) => downloadTemporal({ version: VERSION, into, from, say }),
    },
    ...(go
      ? [
          {
            name: 'The build of the Temporal server with Go',
            fetchInto: (into: string) => goInstall({ go, module: MODULE, into, say }),
          },
        ]
      : []),
  ];
}

async function fillCache(
  target: string,
  { machine, fetchInto }: { machine: Machine; fetchInto: Way['fetchInto'] },
): Promise<void> {
  await mkdir(join(machine.cacheDir, 'bin'), { recursive: true });
  // Made beside and moved when whole: what is broken off leaves no half of a program, and of two at
  // once the later one wins.
  const folder = await mkdtemp(join(machine.cacheDir, 'fetch-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    await fetchInto(folder);
    const program = join(folder, 'temporal');
    // Shows that it is whole, and made for this machine.
    await run(program, ['--version'], { timeout: VERSION_TIMEOUT_MS });
    await rename(program, target);
  } finally {
    process.off('exit', remove);
    remove();
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
    '  - let it be downloaded: open the way to https://temporal.download, or name a mirror of its',
    '    archives: TEMPORAL_DOWNLOAD_URL=https://mirror/cli/archive',
    '  - install Go (https://go.dev/dl): the next start builds it once, in about 4 minutes',
    '  - run a Temporal server elsewhere and name it: TEMPORAL_ADDRESS=host:7233',
  ].join('\n');
}

if (import.meta.main) console.log(await temporalBinary((line) => console.error(line)));
