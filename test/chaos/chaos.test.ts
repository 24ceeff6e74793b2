import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Result } from '#bench/chaos/runner.ts';
import { allTried, beginSends, endSends, type BegunSends } from '#bench/chaos/sends.ts';
import { jobs, leftOver } from '#bench/chaos/suite.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';

/** A twentieth of what `npm run chaos` does. */
const PART = 20;
const REPLIES = 40;
/** The doubtful replies are tried first and looked at last: settling them takes a minute, in which the others race. */
const others = jobs.filter(({ name }) => name !== 'sends');

describe('chaos, a little of it', () => {
  let world: World;
  let sends: BegunSends;
  let isBroken = false;
  const check = ({ violations }: Result) => {
    expect(violations, `logs in ${world.dataDir}`).toEqual([]);
  };

  beforeAll(async () => {
    world = await openWorld({
      agents: 7,
      apis: 2,
      workers: 2,
      workflowBundle: inject('workflowBundle'),
    });
  });
  afterEach(({ task }) => {
    isBroken ||= task.result?.state === 'fail';
  });
  // The logs of a run that broke something are worth a look.
  afterAll(() => world.close(isBroken));

  test('replies are accepted while Meta’s answers get lost', async () => {
    sends = await beginSends(world, { times: REPLIES, each: 1, say: silent });
    await allTried(world);
    await world.meta.clearFaults();
    expect(sends.result.runs).toBe(REPLIES);
  });

  test.for(others)('$name', async (job) => {
    const times = job.times / PART;
    const result = await job.run(world, { times, say: silent });
    check(result);
    expect(result.runs).toBeGreaterThanOrEqual(times);
  });

  test('none of the replies reached its customer twice, and each shows what became of it', async () => {
    check(await endSends(world, sends));
  });

  test('nothing is left over', async () => {
    expect(await leftOver(world)).toEqual([]);
  });
});

const silent = (): void => undefined;
