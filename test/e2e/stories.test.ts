import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readFacts } from '#bench/chaos/facts.ts';
import { findViolations } from '#bench/chaos/invariants.ts';
import { meet } from '#bench/chaos/play.ts';
import { settle } from '#bench/chaos/settle.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { NO_CLOCK } from '#bench/chaos/workspace.ts';
import { until } from '#test/support/until.ts';
import { recordHistories } from './record-histories.ts';

describe('stories of one day', () => {
  let world: World;
  const customers: string[] = [];
  const newcomer = async (name: string) => {
    const customer = await world.meta.newCustomer(name);
    customers.push(customer);
    return meet(world, customer);
  };
  beforeAll(async () => {
    world = await openWorld({ agents: 3, workflowBundle: inject('workflowBundle') });
  });
  afterAll(() => world.close());

  test('who takes second is told who was first', async () => {
    const { customer, look } = await newcomer('Hà');
    const [one, two] = world.agents;
    if (one === undefined || two === undefined) throw new Error('The team is too small');
    const owner = world.agentOf(look.assignee);
    await owner.command(look.id, { type: 'unassign', from: owner.id });
    await world.watch.until(customer, 'nobody has it', ({ assignee }) => assignee === null);
    expect((await one.command(look.id, { type: 'take', from: null })).is).toBe('done');
    const second = await world.admin.command(look.id, { type: 'take', from: null });
    expect(second).toEqual({ is: 'refused', code: 'TAKEN', assignee: one.id });
  });

  test('Done over a message that the agent had not seen is refused', async () => {
    const { customer, look } = await newcomer('Tuấn');
    await world.meta.write(customer, 'Khoan đã');
    await world.watch.until(customer, 'both are there', ({ appliedSeq }) => appliedSeq === 2);
    const agent = world.agentOf(look.assignee);
    const done = await agent.command(look.id, { type: 'done', seenSeq: 1 });
    expect(done).toMatchObject({ is: 'refused', code: 'NEW_MESSAGE' });
    expect((await agent.command(look.id, { type: 'done', seenSeq: 2 })).is).toBe('done');
    expect((await agent.command(look.id, { type: 'reopen' })).is).toBe('done');
    const again = await world.watch.until(
      customer,
      'it is open',
      ({ status }) => status === 'open',
    );
    expect(again.assignee, 'its last assignee keeps it (R37)').toBe(look.assignee);
  });

  test('a reply whose answer was lost is settled by its echo and reaches the customer once', async () => {
    const { customer, look } = await newcomer('Mỹ');
    await world.meta.scriptFault({ customer, fault: 'resetAfter' });
    await world.agentOf(look.assignee).reply(look.id, 'Dạ có', look.lastSeq);
    await world.watch.until(customer, 'it counts as sent', ({ sent }) => sent === 1);
    const received = (await world.meta.thread(customer)).filter(({ from }) => from !== 'customer');
    expect(received).toHaveLength(1);
  });

  test('a refused reply fails with its cause, and its retry goes out', async () => {
    const { customer, look } = await newcomer('Khoa');
    const agent = world.agentOf(look.assignee);
    await world.meta.scriptFault({
      customer,
      status: 400,
      error: { code: 551, error_subcode: 1545041 },
    });
    const sent = await agent.reply(look.id, 'Alo', look.lastSeq);
    const failed = await until(async () =>
      (await agent.messages(look.id)).find(({ state }) => state === 'failed'),
    );
    expect(failed.failure?.code).toBe('person_unavailable');
    const messageId = sent.is === 'done' ? sent.messageId : null;
    if (messageId === null) throw new Error('The reply has no message');
    expect((await agent.command(look.id, { type: 'retry', messageId })).is).toBe('done');
    await world.watch.until(customer, 'the retry is accepted', (seen) => seen.sent === 1);
  });

  test('an answer typed in Meta’s own inbox ends the wait', async () => {
    const { customer, look } = await newcomer('Vinh');
    // Within ten seconds of the customer's message it would pass for an instant reply.
    await world.meta.write(customer, 'Còn không?');
    await world.watch.until(customer, 'both are there', ({ appliedSeq }) => appliedSeq === 2);
    await world.db
      .updateTable('session')
      .set({ last_customer_at: new Date(Date.now() - 20_000) })
      .where('id', '=', look.id)
      .execute();
    await world.meta.answerElsewhere(customer, 'Trả lời từ điện thoại');
    await world.watch.until(
      customer,
      'the wait has ended',
      ({ state }) => state !== null && state.status === 'open' && state.wait === null,
    );
  });

  test('a change of the clocks reaches the sessions that run (R17)', async () => {
    const { customer } = await newcomer('Đào');
    const version = await world.admin.setClocks({
      ...NO_CLOCK,
      deadline: { on: true, afterSeconds: 600, warnBeforeSeconds: 60 },
    });
    await world.watch.until(
      customer,
      'it has the new clocks',
      ({ state }) => state?.policy.version === version,
    );
  });

  test('and all of it holds together', async () => {
    expect(await settle(world, customers)).toEqual([]);
    expect(findViolations(await readFacts(world, customers))).toEqual([]);
    expect(world.crashes).toEqual([]);
    await recordHistories(world.temporal, 'stories');
  });
});
