/** `npm start`: everything a laptop needs to try Everthread, from an empty folder to a working inbox. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDatabase } from '#db/database.ts';
import { createSecretBox, hasEncryptedRows } from '#db/secrets.ts';
import { lockDataDir } from '#local/data-lock.ts';
import { isUntouched, seedDemo, type DemoLogin } from '#local/demo.ts';
import { playDemo } from '#local/demo-play.ts';
import { onInterrupt } from '#local/interrupt.ts';
import { clearTraces } from '#local/postgres-traces.ts';
import { reportToPerson, type Report } from '#local/report.ts';
import { secretKey } from '#local/secret-key.ts';
import {
  checkPorts,
  givenToProcesses,
  startSettings,
  type StartSettings,
} from '#local/settings.ts';
import { createStack, type Stack } from '#local/stack.ts';
import { keepRunning } from '#local/supervise.ts';
import { welcome } from '#local/welcome.ts';

const ending = new AbortController();

async function start(): Promise<void> {
  const { values } = parseArgs({
    options: {
      fresh: { type: 'boolean', default: false },
      // `--no-web` serves the pages as they were built last.
      web: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  const settings = startSettings(process.env);
  const unlock = await lockDataDir(settings.DATA_DIR);
  await clearTraces(join(settings.DATA_DIR, 'postgres'));
  if (values.fresh) await forget(settings.DATA_DIR);
  await checkPorts(settings);

  let logins: DemoLogin[] = [];
  let isNew = false;
  const stack = await createStack({
    ...stackOptions(settings),
    web: values.web,
    async prepare({ databaseUrl }) {
      const prepared = await prepareWorkspace(databaseUrl, settings);
      ({ logins, isNew } = prepared);
      return { SECRET_KEY: prepared.key };
    },
  });
  stopOnInterrupt(stack, unlock);
  console.log(`Starting Everthread on ${settings.DATA_DIR}`);
  try {
    await stack.start(report);
    if (isNew && settings.GRAPH_API_URL === undefined) await bringCustomers(stack, logins);
  } catch (error) {
    if (ending.signal.aborted) return;
    await stack.stop();
    throw error;
  }
  for (const part of stack.parts) keepRunning(part, { say: console.log, signal: ending.signal });
  console.log(welcome(stack, { settings, logins }));
}

const report: Report = (name, work) => {
  ending.signal.throwIfAborted();
  return reportToPerson(name, work);
};

/** An inbox that has never been written to gets a few customers, so that there is something to see. */
async function bringCustomers(stack: Stack, logins: readonly DemoLogin[]): Promise<void> {
  if (logins.length === 0) return;
  const stage = { apiUrl: stack.apis[0].url, sandboxUrl: stack.sandbox.url, logins };
  try {
    await report('Demo conversations', () => playDemo(stage));
  } catch (error) {
    if (ending.signal.aborted) throw error;
    // Everything runs; only this show is not complete.
    console.log(`  Demo conversations: ${messageOf(error)}`);
  }
}

function stackOptions(settings: StartSettings) {
  const { DATABASE_URL, TEMPORAL_ADDRESS } = settings;
  return {
    dataDir: settings.DATA_DIR,
    ports: {
      api: settings.PORT,
      sandbox: settings.SANDBOX_PORT,
      postgres: settings.POSTGRES_PORT,
      temporal: settings.TEMPORAL_PORT,
      temporalUi: settings.TEMPORAL_UI_PORT,
    },
    env: { PUBLIC_URL: `http://localhost:${settings.PORT}`, ...givenToProcesses(process.env) },
    ...(DATABASE_URL ? { databaseUrl: DATABASE_URL } : {}),
    ...(TEMPORAL_ADDRESS ? { temporalAddress: TEMPORAL_ADDRESS } : {}),
  };
}

async function prepareWorkspace(databaseUrl: string, settings: StartSettings) {
  const db = createDatabase(databaseUrl, { max: 2 });
  try {
    const file = join(settings.DATA_DIR, 'secret.key');
    const key = settings.SECRET_KEY ?? (await secretKey(file, () => hasEncryptedRows(db)));
    const logins = await seedDemo(db, createSecretBox(key));
    return { key, logins, isNew: await isUntouched(db) };
  } finally {
    await db.destroy();
  }
}

function stopOnInterrupt(stack: Stack, unlock: () => Promise<void>): void {
  const stop = async () => {
    console.log('\nStopping (Ctrl-C again: at once) …');
    ending.abort();
    await stack.stop();
    await unlock();
    console.log('Stopped. The data is kept for the next start.');
    process.exit(0);
  };
  const stopAtOnce = async () => {
    await stack.kill();
    process.exit(1);
  };
  onInterrupt(
    () => void stop(),
    () => void stopAtOnce(),
  );
}

async function forget(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name !== 'lock.sock') await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

start().catch((error: unknown) => {
  console.error(`\n${messageOf(error)}`);
  process.exit(1);
});
