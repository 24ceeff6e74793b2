import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parkedPage } from '#contracts/delivery.ts';
import { lookAt } from '#bench/chaos/watch.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { until } from '#test/support/until.ts';
import { envelope, post, type Written } from './webhooks.ts';

describe('rubbish at the webhook', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ agents: 2, workflowBundle: inject('workflowBundle') });
  });
  afterAll(() => world.close());

  const apiUrl = () => world.stack.apis[0].url;
  const parked = () => world.admin.get('deliveries?state=parked&limit=100', parkedPage);
  const stored = async () => {
    const { count } = await world.db
      .selectFrom('webhook_delivery')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  };
  /** The texts of a customer's thread, once there are that many. */
  const textsOf = (customer: string, count: number) =>
    until(async () => {
      const look = (await lookAt(world.db, [customer])).get(customer);
      if (look === undefined) return undefined;
      const texts = (await world.admin.messages(look.id)).map(({ text }) => text);
      return texts.length >= count ? texts : undefined;
    });

  test.for<[string, (body: string) => string | null]>([
    ['none', () => null],
    ['a wrong one', () => `sha256=${'0'.repeat(64)}`],
    ['one of odd length', () => 'sha256=abc'],
    ['one that is not hexadecimal', () => `sha256=${'zz'.repeat(32)}`],
    ['another method', () => `sha1=${'0'.repeat(40)}`],
    ['nothing behind its name', () => 'sha256='],
  ])('a delivery with %s for a signature is refused and not kept', async ([, signature]) => {
    const before = await stored();
    const body = envelope({ customer: '7200000000000001', mid: 'm_forged', text: 'giả' });
    expect(await post(apiUrl(), body, signature(body))).toBe(401);
    expect(await stored()).toBe(before);
  });

  test('truncated JSON is kept and parked as a whole', async () => {
    const body = envelope({ customer: '7200000000000002', mid: 'm_cut', text: 'đứt' }).slice(0, -9);
    expect(await post(apiUrl(), body)).toBe(200);
    await until(async () => (await parked()).deliveries.some(({ error }) => error !== null));
  });

  test('an object that we do not know is taken, counted and holds back nothing', async () => {
    expect(
      await post(apiUrl(), '{"object":"whatsapp_business_account","entry":[{"id":"1"}]}'),
    ).toBe(200);
    await until(async () => {
      const row = await world.db
        .selectFrom('delivery_item')
        .select('state')
        .where('name', '=', 'object:whatsapp_business_account')
        .executeTakeFirst();
      return row?.state === 'ignored';
    });
  });

  test('of a batch of 1 000 with one bad item 999 are kept; the bad one is listed, and an admin replays it', async () => {
    const written = Array.from({ length: 1_000 }, (_, index): Written => ({
      customer: `73000000000${10_000 + index}`,
      mid: `m_batch_${index}`,
      text: `lô ${index}`,
    }));
    const body = envelope(...written).replace('"mid":"m_batch_500"', '"mid":17');
    expect(await post(apiUrl(), body)).toBe(200);
    const count = async () => {
      const row = await world.db
        .selectFrom('message')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('mid', 'like', 'm_batch_%')
        .executeTakeFirstOrThrow();
      return Number(row.count);
    };
    await until(async () => (await count()) === 999);
    const found = await until(async () =>
      (await parked()).deliveries.find(({ items }) => items.some(({ index }) => index === 500)),
    );
    expect(found.items).toHaveLength(1);

    const [staff] = world.agents;
    expect((await staff?.request('POST', `deliveries/${found.id}/replay`, {}))?.status).toBe(403);
    const replayed = await world.admin.request('POST', `deliveries/${found.id}/replay`, {});
    expect(replayed.status).toBe(200);
    await until(async () => {
      const again = (await parked()).deliveries.find(({ id }) => id === found.id);
      return again?.items.length === 1;
    });
    expect(await count(), 'a replay changes nothing of what was kept').toBe(999);
  });

  test('NUL becomes the replacement character', async () => {
    const body = envelope({ customer: '7200000000000003', mid: 'm_nul', text: 'a\u0000b' });
    expect(await post(apiUrl(), body)).toBe(200);
    expect(await textsOf('7200000000000003', 1)).toEqual(['a\uFFFDb']);
  });

  test('ids above 2^53, sent as numbers, keep every digit', async () => {
    const customer = '72000000000000000000000000000019';
    const body = envelope({ customer, mid: 'm_long', text: 'số dài' }).replace(
      `"${customer}"`,
      customer,
    );
    expect(await post(apiUrl(), body)).toBe(200);
    expect(await textsOf(customer, 1)).toEqual(['số dài']);
  });

  test('nothing of it ended a process', () => {
    expect(world.crashes).toEqual([]);
  });
});
