import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPart, type Part } from '#local/part.ts';
import { restartWhenStuck } from '#local/restart-when-stuck.ts';
import { keepRunning } from '#local/supervise.ts';
import { isAlive } from '#test/support/is-alive.ts';
import { until } from '#test/support/until.ts';

let folder: string;
let part: Part | undefined;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'everthread-'))));
afterEach(async () => {
  await part?.kill();
  await rm(folder, { recursive: true });
});

/** Gets ready within the usual limit: on a busy machine a shell may take seconds to say its first word. */
const shell = (script: string, retryMs = 0): Part =>
  (part = createPart({
    name: 'thing',
    logFile: join(folder, 'thing.log'),
    launch: () => ({ command: 'sh', args: ['-c', script] }),
    isReady: async (log) => (await log()).includes('ready'),
    stopTimeoutMs: 300,
    retryMs,
  }));

test('starts, stops, starts again; only what it logged since counts as ready', async () => {
  const thing = shell('echo ready; exec sleep 60');
  await thing.start();
  const first = thing.pid;
  await thing.stop();
  expect([thing.pid, isAlive(first)]).toEqual([undefined, false]);
  await thing.start();
  expect(thing.pid).not.toBe(first);
});

test('is killed when it does not stop in time', async () => {
  const thing = shell(`trap '' TERM; echo ready; while :; do sleep 0.05; done`);
  await thing.start();
  const { pid } = thing;
  await thing.stop();
  expect(isAlive(pid)).toBe(false);
});

test('a failed start shows the end of the log', async () => {
  await expect(shell('echo no such table; exit 3').start()).rejects.toThrow(
    /thing ended before it was ready[^]*no such table/,
  );
});

test('an early end is tried again where the part asks for it', async () => {
  const once = join(folder, 'once');
  await shell(
    `[ -e ${once} ] || { : > ${once}; exit 1; }; echo ready; exec sleep 60`,
    30_000,
  ).start();
});

test('a crash is told, a kill from here is not', async () => {
  const told: string[] = [];
  const thing = shell('echo ready; exec sleep 60');
  thing.onCrash((how) => told.push(how));
  await thing.start();
  await thing.kill();
  await thing.start();
  process.kill(thing.pid ?? 0, 'SIGKILL');
  await until(() => told.length > 0);
  expect(told).toEqual(['SIGKILL']);
});

test('a supervised part comes back after a crash, and it is said', async () => {
  const said: string[] = [];
  const ending = new AbortController();
  const thing = shell('echo ready; exec sleep 60');
  keepRunning(thing, { say: (line) => said.push(line), signal: ending.signal });
  await thing.start();
  process.kill(thing.pid ?? 0, 'SIGKILL');
  await until(() => said.length === 2);
  expect(said).toEqual([
    expect.stringMatching(/^thing stopped unexpectedly \(SIGKILL\); starting it again in 1 s/),
    'thing runs again.',
  ]);
  expect(isAlive(thing.pid)).toBe(true);
  ending.abort();
});

test('a part that does nothing any more, as its log says, is started again; one that was ended is not', async () => {
  const marker = join(folder, 'was-stuck');
  const thing = shell(
    `echo ready; [ -e ${marker} ] && exec sleep 60; : > ${marker}; while :; do echo stuck; sleep 0.1; done`,
  );
  restartWhenStuck(thing, 'stuck');
  await thing.start();
  const first = thing.pid;
  const second = await until(() => thing.pid !== first && thing.pid);
  expect([isAlive(first), isAlive(second)]).toEqual([false, true]);
  await thing.kill();
  expect(thing.pid).toBeUndefined();
});

test('dies with its parent, even when that is killed', async () => {
  const pids = join(folder, 'pids');
  const parent = spawn(
    process.execPath,
    [fileURLToPath(new URL('./orphan-parent.ts', import.meta.url)), folder, pids],
    { stdio: 'ignore' },
  );
  // The file is there a moment before the number in it is.
  const child = await until(async () => Number(await readFile(pids, 'utf8')) || undefined);
  expect(isAlive(child)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await until(() => !isAlive(child));
});
