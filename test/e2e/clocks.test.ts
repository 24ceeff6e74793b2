import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readFacts, type SessionFacts } from '#bench/chaos/facts.ts';
import { findViolations } from '#bench/chaos/invariants.ts';
import { settle } from '#bench/chaos/settle.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { recordHistories } from './record-histories.ts';

const CLOSING_TEXT = 'Cảm ơn bạn, shop chào bạn nhé';
/** Far enough apart that a killed process is back between two of them. */
const CLOCKS = {
  autoClose: { on: true, afterSeconds: 6, text: CLOSING_TEXT },
  reassign: { on: true, afterSeconds: 5 },
  deadline: { on: true, afterSeconds: 16, warnBeforeSeconds: 6 },
};

describe('the three clocks, with processes killed in between (R43–R45, R47)', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({
      agents: 2,
      clocks: CLOCKS,
      workflowBundle: inject('workflowBundle'),
    });
  });
  afterAll(() => world.close());

  test('silence: reassigned, warned, overdue; an answer clears it; silence after it: closed with the text; each once', async () => {
    const { meta, watch, stack } = world;
    const customer = await meta.newCustomer('Lan');
    await meta.write(customer, 'Còn hàng không ạ?');
    const first = await watch.until(customer, 'it is assigned', (look) => look.assignee !== null);

    await stack.workers[0].kill();
    await stack.workers[0].start();
    await watch.until(customer, 'it is reassigned', (look) => look.assignee !== first.assignee);

    await stack.apis[0].kill();
    await stack.apis[0].start();
    await watch.until(customer, 'it is warned', (look) => waitOf(look)?.warnedAt != null);

    await stack.temporal.kill();
    await stack.temporal.start();
    const overdue = await watch.until(
      customer,
      'it is overdue',
      // And the second time-out has found nobody: processes that come back late find it due with the deadline.
      (look) => waitOf(look)?.overdueAt != null && waitOf(look)?.escalated === true,
    );

    const agent = world.agentOf(overdue.assignee);
    expect((await agent.reply(overdue.id, 'Dạ còn ạ', overdue.lastSeq)).is).toBe('done');
    await watch.until(customer, 'the answer clears it', (look) => waitOf(look) === null);
    await stack.workers[0].kill();
    await stack.workers[0].start();
    await watch.until(customer, 'it is closed', (look) => look.status === 'done');

    expect(await settle(world, [customer])).toEqual([]);
    const [facts] = await readFacts(world, [customer]);
    if (facts === undefined) throw new Error('The session is gone');
    expect(findViolations([facts])).toEqual([]);
    expect(clockEvents(facts)).toEqual({
      Assigned: ['automatic', 'timeout'],
      Warned: 1,
      Overdue: 1,
      // There are two agents: the second time-out of the wait finds nobody, and the admin is told once.
      Escalated: 1,
      CloseStarted: 1,
      MarkedDone: ['sent'],
    });
    const received = facts.thread.filter(({ from }) => from !== 'customer');
    expect(received.map(({ text }) => text)).toEqual(['Dạ còn ạ', CLOSING_TEXT]);
    await recordHistories(world.temporal, 'clocks');
  });
});

function waitOf({ state }: { state: SessionFacts['state'] }) {
  return state !== null && state.status !== 'done' ? state.wait : null;
}

function clockEvents({ events }: SessionFacts) {
  const of = <Type extends SessionEvent['type']>(type: Type) =>
    events.filter((event): event is SessionEvent & { type: Type } => event.type === type);
  return {
    Assigned: of('Assigned').map(({ how }) => how),
    Warned: of('Warned').length,
    Overdue: of('Overdue').length,
    Escalated: of('Escalated').length,
    CloseStarted: of('CloseStarted').length,
    MarkedDone: of('MarkedDone').map(({ closingText }) => closingText),
  };
}
