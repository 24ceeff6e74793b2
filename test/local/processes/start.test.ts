import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionPage, type SessionRow } from '#contracts/session.ts';
import { VISITS } from '#local/demo-story.ts';
import { callJson } from '#local/json-call.ts';
import { freePort } from '#local/ports.ts';
import { openToOthers } from '#test/support/global.ts';
import { until } from '#test/support/until.ts';

let folder: string;
let ports: Record<
  'PORT' | 'SANDBOX_PORT' | 'TEMPORAL_PORT' | 'TEMPORAL_UI_PORT' | 'POSTGRES_PORT',
  string
>;
let running: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'everthread-'));
  await openToOthers(folder);
  const port = async () => String(await freePort());
  ports = {
    PORT: await port(),
    SANDBOX_PORT: await port(),
    TEMPORAL_PORT: await port(),
    TEMPORAL_UI_PORT: await port(),
    POSTGRES_PORT: await port(),
  };
});
afterAll(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

/** `npm start` with the pages as they are. */
const run = (env: Record<string, string> = {}, args: string[] = []) => {
  const own = { ...ports, DATA_DIR: folder, DATABASE_URL: '', TEMPORAL_ADDRESS: '' };
  const child = spawn(process.execPath, ['local/start.ts', '--no-web', ...args], {
    env: { ...process.env, ...own, ...env },
  });
  const shown = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (shown.text += chunk.toString()));
  return { child, shown };
};

/** @returns what it has shown once everything runs */
const start = async (...args: string[]): Promise<string> => {
  const { child, shown } = run({}, args);
  running = child;
  await until(() => child.exitCode !== null || shown.text.includes('Stop: Ctrl-C'), {
    timeoutMs: 120_000,
  });
  return shown.text;
};

/** Ctrl-C. @returns the exit code */
const stop = async (): Promise<number | null> => {
  const child = running;
  running = undefined;
  if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
};

const sessions = async (): Promise<SessionRow[]> => {
  const api = `http://127.0.0.1:${ports.PORT}/api`;
  const owner = { email: 'mai@demo.test', password: 'everthread' };
  const { headers } = await callJson(`${api}/login`, { body: owner });
  const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const lists = ['main', 'done'].map(async (view) => {
    const { body } = await callJson(`${api}/sessions?view=${view}`, { headers: { cookie } });
    return sessionPage.parse(body).sessions;
  });
  return (await Promise.all(lists)).flat();
};
const ids = async (): Promise<string[]> => (await sessions()).map(({ id }) => id).sort();

test('the first start brings customers of both platforms, messages and comments, answered and done', async () => {
  const shown = await start();
  expect(shown).toMatch(
    /Inbox +http:\/\/localhost:\d+[^]*owner +mai@demo\.test[^]*Play a customer/,
  );
  const rows = await sessions();
  expect(rows).toHaveLength(VISITS.length);
  expect(new Set(rows.map(({ channelId, kind }) => `${channelId} ${kind}`)).size).toBe(4);
  expect(rows.filter(({ status }) => status === 'done')).toHaveLength(1);
  const answered = ({ waitingSince, status }: SessionRow) =>
    waitingSince === null && status === 'open';
  expect(rows.filter(answered)).toHaveLength(1);
});

test('another start on the same data is refused, and so is one on the same ports', async () => {
  const again = run();
  await once(again.child, 'close');
  expect(again.shown.text).toContain('Everthread is running already');
  const beside = run({ DATA_DIR: join(folder, 'other') });
  await once(beside.child, 'close');
  expect(beside.child.exitCode).toBe(1);
  expect(beside.shown.text).toContain(`Port ${ports.PORT}, wanted for the inbox, is taken`);
});

test('the next start finds everything again and plays nobody anew', async () => {
  const before = await ids();
  expect(await stop()).toBe(0);
  expect(await start()).not.toContain('Demo conversations');
  expect(await ids()).toEqual(before);
});

test('--fresh forgets all of it', async () => {
  const before = await ids();
  expect(await stop()).toBe(0);
  expect(await start('--fresh')).toContain('Demo conversations');
  const after = await ids();
  expect(after).toHaveLength(VISITS.length);
  expect(after.filter((id) => before.includes(id))).toEqual([]);
});
