import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#local/ports.ts';
import { temporalDevServer, type TemporalPart } from '#local/temporal.ts';

let folder: string;
let temporal: TemporalPart;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'everthread-'));
  temporal = temporalDevServer({
    dbFile: join(folder, 'temporal.db'),
    port: await freePort(),
    logFile: join(folder, 'temporal.log'),
  });
  await temporal.start();
});
afterAll(async () => {
  await temporal.stop();
  await rm(folder, { recursive: true });
});

const withClient = async <T>(use: (client: Client) => Promise<T>): Promise<T> => {
  const connection = await Connection.connect({ address: temporal.address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
};

test('keeps its workflows over a kill, and works as soon as it is up', async () => {
  await withClient((client) =>
    client.workflow.start('any', { workflowId: 'kept', taskQueue: 'nobody' }),
  );
  await temporal.kill();
  await temporal.start();
  const { status } = await withClient((client) => client.workflow.getHandle('kept').describe());
  expect(status.name).toBe('RUNNING');
});

test('forgets everything when its database is deleted, which it refuses while it runs', async () => {
  await expect(temporal.deleteDatabase()).rejects.toThrow('runs');
  await temporal.kill();
  await temporal.deleteDatabase();
  await temporal.start();
  await expect(
    withClient((client) => client.workflow.getHandle('kept').describe()),
  ).rejects.toThrow(/not found/);
});
