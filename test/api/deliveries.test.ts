import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { anAgent, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let asAdmin: Caller;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  asAdmin = await api.as(await anAgent(database.db, { role: 'admin' }));
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  await database.db.deleteFrom('delivery_item').execute();
  await database.db.deleteFrom('webhook_delivery').execute();
});

async function aDelivery(
  state: 'new' | 'done' | 'parked',
  more: { error?: string; body?: Buffer | null } = {},
): Promise<number> {
  const row = await database.db
    .insertInto('webhook_delivery')
    .values({ body: Buffer.from('Nguyễn Lan: bí mật'), state, ...more })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function items(delivery: number, ...states: ('done' | 'parked')[]): Promise<void> {
  const rows = states.map((state, index) => ({
    delivery_id: delivery,
    index,
    state,
    name: 'message',
    error: state === 'parked' ? 'no sender' : null,
  }));
  await database.db.insertInto('delivery_item').values(rows).execute();
}

const parked = async (query = '') => (await asAdmin({ url: `/api/deliveries${query}` })).json();
const replay = (id: number | string) =>
  asAdmin({ method: 'POST', url: `/api/deliveries/${id}/replay` });

describe('parked deliveries', () => {
  it('are listed with what is wrong, and without what they say', async () => {
    const whole = await aDelivery('parked', { error: 'not JSON' });
    const partly = await aDelivery('done');
    await items(partly, 'done', 'parked', 'parked');
    await aDelivery('done');
    await aDelivery('new');
    const answer = await asAdmin({ url: '/api/deliveries?state=parked' });
    expect(answer.json()).toMatchObject({
      deliveries: [
        {
          id: partly,
          error: null,
          replayable: true,
          items: [
            { index: 1, name: 'message', error: 'no sender' },
            { index: 2, name: 'message', error: 'no sender' },
          ],
        },
        { id: whole, error: 'not JSON', items: [] },
      ],
      counts: { deliveries: 1, items: 2 },
      cursor: null,
    });
    expect(answer.body).not.toContain('bí mật');
  });

  it('come in pages', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const id = await aDelivery(n % 2 === 0 ? 'parked' : 'done');
      if (n % 2 === 1) await items(id, 'parked');
      ids.unshift(id);
    }
    const first = await parked('?limit=3');
    const second = await parked(`?limit=3&cursor=${first.cursor}`);
    const idsOf = (page: { deliveries: { id: number }[] }) => page.deliveries.map(({ id }) => id);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
    expect(second.cursor).toBeNull();
  });

  it('are given to the intake once more', async () => {
    const id = await aDelivery('done');
    await items(id, 'done', 'parked');
    const before = api.nudged.intake;
    expect((await replay(id)).json()).toEqual({ id, state: 'new' });
    expect(api.nudged.intake).toBe(before + 1);
    expect(await parked()).toMatchObject({ deliveries: [], counts: { deliveries: 0, items: 0 } });
    const { db } = database;
    expect(await db.selectFrom('webhook_delivery').select('state').execute()).toEqual([
      { state: 'new' },
    ]);
    expect(await db.selectFrom('delivery_item').select('state').execute()).toEqual([
      { state: 'done' },
    ]);
  });

  it.each([
    ['of which nothing is parked', () => aDelivery('done'), 409],
    ['that waits already', () => aDelivery('new'), 409],
    ['whose body was deleted', () => aDelivery('parked', { body: null }), 409],
    ['that never was', () => Promise.resolve(999_999), 404],
  ])('one %s cannot be replayed', async (_what, make, status) => {
    const id = await make();
    expect((await replay(id)).statusCode).toBe(status);
  });

  it('one whose body was deleted stays listed', async () => {
    const id = await aDelivery('done', { body: null });
    await items(id, 'parked');
    await replay(id);
    expect(await parked()).toMatchObject({ deliveries: [{ id, replayable: false }] });
  });

  it.each(['0', 'x', '1e3', '9'.repeat(30)])('%s is no delivery', async (id) => {
    const { statusCode } = await replay(id);
    expect([400, 404]).toContain(statusCode);
  });

  it('are for admins', async () => {
    const asStaff = await api.as(await anAgent(database.db));
    expect((await asStaff({ url: '/api/deliveries' })).statusCode).toBe(403);
    const id = await aDelivery('parked');
    const answer = await asStaff({ method: 'POST', url: `/api/deliveries/${id}/replay` });
    expect(answer.statusCode).toBe(403);
  });
});
