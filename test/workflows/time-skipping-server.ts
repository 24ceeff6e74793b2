import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { until } from '#test/support/until.ts';

const run = promisify(execFile);

const VERSION = '1.38.0';
const FOLDER = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'everthread',
  `temporal-test-server-${VERSION}`,
);
const FETCH_LIMIT_MS = 240_000;

/**
 * Temporal's test server, whose clock skips ahead while nothing happens. It is a Java program of Maven Central,
 * fetched once into the cache.
 * @returns a program to start it with, or why it cannot be had here
 */
export async function timeSkippingServer(): Promise<{ path: string } | { missing: string }> {
  for (const [program, flag] of [
    ['java', '-version'],
    ['mvn', '-version'],
  ] as const)
    if (!(await works(program, flag))) return { missing: `no ${program} on this machine` };
  const lib = join(FOLDER, 'lib');
  if ((await readdir(lib).catch(() => [])).length === 0) await fetchInto(lib);
  const path = join(FOLDER, 'server.sh');
  await writeFile(
    path,
    `#!/bin/sh\nexec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "${lib}/*" io.temporal.testserver.TestServer "$@"\n`,
  );
  await chmod(path, 0o755);
  return { path };
}

/** Starts it. The SDK gives it five seconds, of which Java on a busy machine may need more than at its second start. */
export function startTimeSkipping(path: string): Promise<TestWorkflowEnvironment> {
  return until(
    () =>
      TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path } },
      }),
    { timeoutMs: 90_000 },
  );
}

async function works(program: string, flag: string): Promise<boolean> {
  try {
    await run(program, [flag]);
    return true;
  } catch {
    // Not installed, or not in working order: the same for us.
    return false;
  }
}

/** Fetched beside and moved when whole, so that what was broken off is not taken for the server. */
async function fetchInto(lib: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'everthread-maven-'));
  await writeFile(
    join(folder, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>everthread</groupId><artifactId>test-server</artifactId><version>1</version>
<dependencies><dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId>
<version>${VERSION}</version></dependency></dependencies></project>`,
  );
  await mkdir(FOLDER, { recursive: true });
  const beside = await mkdtemp(join(FOLDER, 'fetching-'));
  await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${beside}`], {
    cwd: folder,
    timeout: FETCH_LIMIT_MS,
  });
  await rm(lib, { recursive: true, force: true });
  await rename(beside, lib);
  await rm(folder, { recursive: true, force: true });
}
