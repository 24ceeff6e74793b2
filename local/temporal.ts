import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { createPart, type Part } from '#local/part.ts';
import { restartWhenStuck } from '#local/restart-when-stuck.ts';
import { temporalBinary } from '#local/temporal-binary.ts';

/** The Temporal dev server: a part that also says where it listens, and can forget everything. */
export type TemporalPart = Part & {
  /** `host:port` of its gRPC service. */
  readonly address: string;
  readonly namespace: string;
  /** Deletes its database, as a lost disk would. @throws Error while it runs */
  deleteDatabase(): Promise<void>;
};

export type TemporalOptions = {
  /** The SQLite file; without one everything is kept in memory and lost when the server ends. */
  dbFile?: string;
  port: number;
  /** Without one there is no UI, which saves some memory. */
  uiPort?: number;
  logFile: string;
};

/** Makes the part. Its program is looked for (and built, if need be) at the first start. */
export function temporalDevServer({
  dbFile,
  port,
  uiPort,
  logFile,
}: TemporalOptions): TemporalPart {
  const address = `127.0.0.1:${port}`;
  const part = createPart({
    name: 'Temporal',
    logFile,
    async launch() {
      if (dbFile) await mkdir(dirname(dbFile), { recursive: true });
      return {
        command: await temporalBinary(),
        args: [
          ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
          ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
          ...(dbFile ? ['--db-filename', dbFile, ...fastAndSafe] : []),
          ...['--log-level', 'error'],
          // Spares a round trip per turn; off by default in this version of the server.
          ...['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
          // A timer set for less than this from now is late by up to as much; the default is a second.
          ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="100ms"'],
          // Of four, its default, each worker polls all, and what waits in one is overtaken by what came later to another:
          // with one, follow-ups go through 1.4 to 1.8 times as fast, and what falls due at once comes in order.
          ...['--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1'],
          ...['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
          // Its time limits of every task are timers too; with 20 looks a second, the default, ours wait behind them.
          ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=200'],
        ],
      };
    },
    isReady: () => answers(address),
    readyTimeoutMs: 60_000,
    // The ports of a killed server may need a moment to become free.
    retryMs: 5_000,
  });
  restartWhenStuck(part, STUCK);
  return Object.assign(part, {
    address,
    namespace: NAMESPACE,
    async deleteDatabase() {
      if (part.pid !== undefined)
        throw new Error('Temporal runs: stop it before deleting its data.');
      if (!dbFile) return;
      await Promise.all(['', '-wal', '-shm'].map((end) => rm(`${dbFile}${end}`, { force: true })));
    },
  });
}

const NAMESPACE = 'default';

// A call that is cancelled at the wrong moment leaves the server's one connection to SQLite interrupted for ever, and
// nothing is served any more. A busy machine cancels many. A new process reads what was committed, and goes on.
const STUCK = 'interrupted (9)';

// Without these SQLite syncs the disk at every commit, and the server is three times slower. A killed
// process loses nothing; a power cut may lose the last moments, which the watchdog then repairs.
const fastAndSafe = [
  ...['--sqlite-pragma', 'journal_mode=WAL'],
  ...['--sqlite-pragma', 'synchronous=NORMAL'],
];

async function answers(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    // The port is open before the services behind it work: these two calls reach all of them.
    const service = connection.workflowService;
    await connection.withDeadline(Date.now() + 2_000, async () => {
      await service.describeNamespace({ namespace: NAMESPACE });
      await service.countWorkflowExecutions({ namespace: NAMESPACE });
      await service.describeTaskQueue({
        namespace: NAMESPACE,
        taskQueue: { name: 'is-it-up' },
        taskQueueType: 1,
      });
    });
    return true;
  } finally {
    await connection.close();
  }
}
