import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import {
  InternalConnectionOptionsSymbol,
  type InternalConnectionOptions,
} from '@temporalio/client/lib/connection.js';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';
import { NativeConnection } from '@temporalio/worker';
import { createPart } from '#local/part.ts';
import { freePort } from '#local/ports.ts';

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

/** A server whose time skips, and everything to use it. */
export type TimeSkipping = {
  connection: Connection;
  nativeConnection: NativeConnection;
  client: Client;
  /** What time it is there. */
  currentTimeMs(): Promise<number>;
  /** Lets so much time pass there. */
  sleep(ms: number): Promise<void>;
  teardown(): Promise<void>;
};

/** Starts the server. The SDK could, but gives up after five seconds, which a busy machine may take to start Java. */
export async function startTimeSkipping(program: string): Promise<TimeSkipping> {
  const folder = await mkdtemp(join(tmpdir(), 'everthread-skipping-'));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const part = createPart({
    name: 'Temporal of skipping time',
    logFile: join(folder, 'server.log'),
    launch: () => ({ command: program, args: [String(port)] }),
    isReady: async () => {
      const connection = await Connection.connect({ address, connectTimeout: 1_000 });
      await connection.close();
      return true;
    },
    readyTimeoutMs: 90_000,
  });
  await part.start();
  const options: InternalConnectionOptions = {
    address,
    [InternalConnectionOptionsSymbol]: { supportsTestService: true },
  };
  const connection = await Connection.connect(options);
  const nativeConnection = await NativeConnection.connect({ address });
  const { testService } = connection;
  if (testService === undefined) throw new Error('The connection has no test service');
  return {
    connection,
    nativeConnection,
    client: new Client({ connection }),
    async currentTimeMs() {
      const { time } = await testService.getCurrentTime({});
      return tsToMs(time);
    },
    async sleep(ms) {
      await testService.unlockTimeSkippingWithSleep({ duration: msToTs(ms) });
    },
    async teardown() {
      await connection.close();
      await nativeConnection.close();
      await part.kill();
      await rm(folder, { recursive: true });
    },
  };
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
