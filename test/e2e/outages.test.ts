import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { inTurns, readFacts } from '#bench/chaos/facts.ts';
import { findViolations } from '#bench/chaos/invariants.ts';
import { settle } from '#bench/chaos/settle.ts';
import { lookAt } from '#bench/chaos/watch.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { eventually, until } from '#test/support/until.ts';
import { envelope, post, type Written } from './webhooks.ts';

/** 90 customers with 5 messages each; every tenth post is a repeat: 500 posts in all. */
const CUSTOMERS = 90;
const MESSAGES = 5;
const REPEAT_EVERY = 9;
const AT_ONCE = 20;

describe('while a part is away', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ agents: 3, workflowBundle: inject('workflowBundle') });
  });
  afterAll(() => world.close());

  test('without Temporal all webhooks are taken and can be read; with it all are assigned, none twice, in order', async () => {
    const [api] = world.stack.apis;
    const people = await Promise.all(
      Array.from({ length: CUSTOMERS }, (_, index) => world.meta.newCustomer(`Khách ${index}`)),
    );
    const written = (customer: string): Written[] =>
      Array.from({ length: MESSAGES }, (_, index) => ({
        customer,
        mid: `m_${customer}_${index}`,
        text: `tin ${index}`,
      }));
    await world.stack.temporal.kill();

    const statuses: number[] = [];
    await inTurns(people, AT_ONCE, async (customer, place) => {
      for (const [index, message] of written(customer).entries()) {
        statuses.push(await post(api.url, envelope(message)));
        if ((place * MESSAGES + index) % REPEAT_EVERY === 0)
          statuses.push(await post(api.url, envelope(message)));
      }
    });
    expect(statuses).toHaveLength(500);
    expect(new Set(statuses)).toEqual(new Set([200]));

    const texts = written('').map(({ text }) => text);
    const ids = await until(async () => {
      const looks = await lookAt(world.db, people);
      return looks.size === CUSTOMERS ? [...looks.values()].map(({ id }) => id) : undefined;
    });
    const readAll = () =>
      inTurns(ids, AT_ONCE, async (id) => {
        const messages = await world.admin.messages(id);
        expect(messages.map(({ text }) => text)).toEqual(texts);
      });
    await eventually(readAll);

    await world.stack.temporal.start();
    await until(
      async () => {
        const looks = await lookAt(world.db, people);
        const assigned = [...looks.values()].filter(({ assignee }) => assignee !== null);
        return assigned.length === CUSTOMERS;
      },
      { timeoutMs: 90_000 },
    );
    await readAll();
    expect(await settle(world, people)).toEqual([]);
    expect(findViolations(await readFacts(world, people))).toEqual([]);
  });

  test('without Postgres webhooks are refused, and complete after Meta has repeated them', async () => {
    const [api] = world.stack.apis;
    const customers = await Promise.all(
      ['Lan', 'Huy', 'Vân'].map((name) => world.meta.newCustomer(name)),
    );
    await world.stack.postgres.kill();
    for (const customer of customers)
      for (const text of ['một', 'hai']) await world.meta.write(customer, text);
    const probe = { customer: customers[0] ?? '', mid: 'm_while_away', text: 'không ai nghe' };
    expect(await post(api.url, envelope(probe))).toBe(503);
    expect(await world.meta.pending(), 'the sandbox keeps what was refused').toBeGreaterThan(0);

    await world.stack.postgres.start();
    expect(await settle(world, customers)).toEqual([]);
    const facts = await readFacts(world, customers);
    for (const { messages } of facts)
      expect(messages.map(({ text }) => text)).toEqual(['một', 'hai']);
    expect(findViolations(facts)).toEqual([]);
    expect(world.crashes).toEqual([]);
  });
});
