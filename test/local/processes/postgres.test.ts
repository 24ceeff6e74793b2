import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#local/ports.ts';
import { embeddedPostgres, ensureDatabase, type PostgresPart } from '#local/postgres.ts';
import { openToOthers } from '#test/support/global.ts';

let folder: string;
let postgres: PostgresPart;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'everthread-'));
  await openToOthers(folder);
  postgres = await embeddedPostgres({
    dataDir: join(folder, 'postgres'),
    port: await freePort(),
    logFile: join(folder, 'postgres.log'),
  });
  await postgres.start();
  await ensureDatabase(postgres.url('kept'));
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

const query = async (sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: postgres.url('kept') });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

test('keeps what was committed over a kill and over a stop', async () => {
  await query('create table note (text text)');
  await query(`insert into note values ('before the kill')`);
  await postgres.kill();
  await postgres.start();
  await query(`insert into note values ('before the stop')`);
  await postgres.stop();
  await postgres.start();
  expect(await query('select text from note')).toEqual([
    { text: 'before the kill' },
    { text: 'before the stop' },
  ]);
});

test('starts although its number now belongs to another process', async () => {
  await postgres.kill();
  const file = join(folder, 'postgres', 'postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [process.pid, ...lines.slice(1)].join('\n'));
  await postgres.start();
});

test('writes neither statements nor values into its log', async () => {
  await query('create table customer (name text unique)');
  await query(`insert into customer values ('Lan')`);
  await expect(query(`insert into customer values ('Lan')`)).rejects.toThrow('duplicate key');
  const log = await readFile(postgres.logFile, 'utf8');
  expect(log).toContain('duplicate key');
  expect(log).not.toContain('Lan');
});
