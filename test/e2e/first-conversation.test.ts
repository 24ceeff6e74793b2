import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { SEED_PAGE } from '#sandbox/seed.ts';
import { sessionWorkflowId } from '#workflows/messages.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { untilListed } from '#test/support/temporal.ts';
import { eventually } from '#test/support/until.ts';
import { allHistories, allLogs } from './privacy.ts';
import { recordHistories } from './record-histories.ts';

const CUSTOMER = 'Phượng Hoàng-Anh';
const SAID = ['Còn màu xanh-ngọc không shop?', 'Mình hỏi-thêm size'];
const ANSWERED = ['Dạ màu xanh-ngọc còn ạ', 'Size M-L đều có ạ'];
const CLOSING_TEXT = 'Cảm-ơn bạn đã nhắn tin';

/** Clocks that a test can wait for; the deadline is too far away to fall due. */
const CLOCKS = {
  autoClose: { on: true, afterSeconds: 4, text: CLOSING_TEXT },
  reassign: { on: true, afterSeconds: 60 },
  deadline: { on: true, afterSeconds: 120, warnBeforeSeconds: 30 },
};

describe('a conversation from the first message to the closing text', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ workflowBundle: inject('workflowBundle') });
  });
  afterAll(() => world.close());

  test('goes the whole way, and leaves no word of itself in Temporal or in a log', async () => {
    const { meta, watch, workspace } = world;
    const customer = await meta.newCustomer(CUSTOMER);

    await meta.write(customer, SAID[0] ?? '');
    const first = await watch.until(customer, 'it is assigned', (look) => look.assignee !== null);
    expect(first.assignee, 'the first of the rotation').toBe(workspace.agents[0]?.id);
    const agent = world.agentOf(first.assignee);
    expect((await agent.messages(first.id)).map(({ text }) => text)).toEqual([SAID[0]]);

    const answer = await agent.reply(first.id, ANSWERED[0] ?? '', first.lastSeq);
    expect(answer.is).toBe('done');
    await watch.until(customer, 'the answer is accepted', (look) => look.sent === 1);
    await meta.read(customer);
    await eventually(async () => {
      const [, sent] = await agent.messages(first.id);
      expect(sent).toMatchObject({ text: ANSWERED[0], state: 'seen', agent: { id: agent.id } });
    });

    const done = await agent.command(first.id, { type: 'done', seenSeq: 2 });
    expect(done.is).toBe('done');
    await watch.until(customer, 'it is done', (look) => look.status === 'done');

    await meta.write(customer, SAID[1] ?? '');
    const again = await watch.until(
      customer,
      'it is assigned anew',
      (look) => look.round === 2 && look.assignee !== null,
    );
    expect(again.id, 'the same session').toBe(first.id);
    // R4: not to the next of the rotation, but back to who had it.
    expect(again.assignee, 'who was responsible already').toBe(first.assignee);
    const id = sessionWorkflowId({ id: first.id, channelId: workspace.channelId });
    await untilListed(world.temporal, id, ['COMPLETED', 'RUNNING']);

    await world.admin.setClocks(CLOCKS);
    const second = world.agentOf(again.assignee);
    await second.reply(again.id, ANSWERED[1] ?? '', again.lastSeq);
    await watch.until(customer, 'it closes by itself', (look) => look.status === 'done');

    const received = (await meta.thread(customer)).filter(({ from }) => from !== 'customer');
    expect(received.map(({ text }) => text)).toEqual([...ANSWERED, CLOSING_TEXT]);

    const secrets = [
      ...[CUSTOMER, ...SAID, ...ANSWERED, CLOSING_TEXT, SEED_PAGE.token, SEED_PAGE.name],
      ...[workspace.admin, ...workspace.agents].flatMap(({ name, email, password }) => [
        name,
        email,
        password,
      ]),
    ];
    await recordHistories(world.temporal, 'first-conversation');
    const histories = await allHistories(world.temporal);
    expect(histories.size, 'both runs were read').toBe(2);
    for (const [run, text] of histories) {
      expect(text, 'payloads were decoded').toContain('customer_message');
      expect(
        secrets.filter((secret) => text.includes(secret)),
        run,
      ).toEqual([]);
    }
    const logs = await allLogs(world.dataDir);
    expect([...logs.keys()]).toEqual(expect.arrayContaining(['api.log', 'worker.log']));
    for (const [file, text] of logs)
      expect(
        secrets.filter((secret) => text.includes(secret)),
        file,
      ).toEqual([]);
    expect(world.crashes).toEqual([]);
  });
});
