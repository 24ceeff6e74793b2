import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeliveryStore } from '#db/deliveries.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
beforeAll(async () => (database = await testDatabase()));
afterAll(() => database.close());

const bodies = (count: number, size = 10) =>
  Array.from({ length: count }, (_, index) => Buffer.from(`${index}:`.padEnd(size, 'x')));

describe('the store of deliveries', () => {
  it('keeps every body once, however many come at once, each with an id of its own', async () => {
    const store = createDeliveryStore(database.url);
    const sent = [...bodies(300), ...bodies(8, 400_000)];
    await Promise.all(sent.map((body) => store.store(body)));
    const rows = await database.db.selectFrom('webhook_delivery').select(['id', 'body']).execute();
    const asText = (body: Buffer | null) => body?.toString().slice(0, 20);
    expect(rows.map(({ body }) => asText(body)).sort()).toEqual(sent.map(asText).sort());
    expect(new Set(rows.map(({ id }) => id)).size).toBe(sent.length);
    await store.close();
  });

  it('fails for all that wait when Postgres is away, and works when it is back', async () => {
    const port = new URL(database.url);
    const store = createDeliveryStore('postgres://127.0.0.1:1/none');
    const outcomes = await Promise.allSettled(bodies(40).map((body) => store.store(body)));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(port.port).not.toBe('1');
    await store.close();
  });

  it('gives up on a server that accepts connections and then says nothing', async () => {
    const silent = await listening(createServer());
    const store = createDeliveryStore(`postgres://127.0.0.1:${silent.port}/none`);
    const begun = performance.now();
    const outcomes = await Promise.allSettled(bodies(100).map((body) => store.store(body)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    // Meta waits for five seconds.
    expect(performance.now() - begun).toBeLessThan(4_000);
    await store.close();
    silent.server.close();
  });
});

async function listening(server: Server): Promise<{ server: Server; port: number }> {
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  return { server, port };
}
