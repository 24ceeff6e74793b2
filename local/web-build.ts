import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTool } from '#local/run-tool.ts';

/** What the pages are made of. */
const SOURCES = [
  ...['web/src', 'web/static', 'web/vite.config.ts', 'web/tsconfig.json'],
  ...['contracts', 'domain', 'db', 'package-lock.json'],
];

/** Written last by the build, and what the API loads. */
const BUILT = 'web/build/handler.js';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Builds the desk's pages, unless the build at hand is newer than all that they are made of. A copy
 * of the project without `web/` has none to build.
 * @param say gets a line before a build, which takes a while
 * @throws Error with the build's last lines when it fails
 */
export async function buildWeb(
  say: (line: string) => void = () => {},
  root: string = PROJECT,
): Promise<void> {
  if (!(await isStale(root))) return;
  say('they have changed: building them');
  const built = join(root, BUILT);
  // A build that is broken off is then not taken for one.
  await rm(built, { force: true });
  const startedAt = new Date();
  try {
    await runTool({
      command: process.execPath,
      args: ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts'],
      cwd: root,
      // For the browser, even when a test asks for the build.
      env: { NODE_ENV: 'production', VITEST: undefined },
    });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The web pages could not be built: ${said}`, { cause });
  }
  // What was changed while it ran may not be in it.
  await utimes(built, startedAt, startedAt);
}

async function isStale(root: string): Promise<boolean> {
  if ((await changedAt(join(root, 'web/vite.config.ts'))) === 0) return false;
  const changes = await Promise.all(SOURCES.map((source) => newestIn(join(root, source))));
  return (await changedAt(join(root, BUILT))) < Math.max(...changes);
}

/** Of a file, or of a folder with all that is in it; folders count, as they change when a file goes. */
async function newestIn(path: string): Promise<number> {
  // Neither a folder nor there at all: then it is the path itself, or nothing.
  const names = await readdir(path, { recursive: true }).catch(() => []);
  const times = [path, ...names.map((name) => join(path, name))].map(changedAt);
  return Math.max(...(await Promise.all(times)));
}

/** 0 for what is not there. */
async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
