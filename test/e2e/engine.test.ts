import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { disable } from '#bench/proof/departure.ts';
import type { Line } from '#bench/proof/line.ts';
import { halveDeadline } from '#bench/proof/retime.ts';
import { drain } from '#bench/proof/waiting-line.ts';

/** A small part of what `npm run proof retime waiting-line departure` shows at full size. */
describe('the session engine, through all processes', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ agents: 3, workflowBundle: inject('workflowBundle') });
  });
  afterAll(() => world.close());

  const missed = (lines: readonly Line[]) =>
    lines.filter(({ isMet }) => !isMet).map(({ what, measured }) => `${what}: ${measured}`);

  test('R48, R58: the waiting line, presence, and an API that is away', async () => {
    const scale = { waiting: 12, capacity: 4, graceSeconds: 5, apiDownMs: 6_000 };
    expect(missed(await drain(world, scale, silent))).toEqual([]);
  });

  test('R17: the deadline is halved: every one moves, and nothing else', async () => {
    expect(missed(await halveDeadline(world, 20, silent))).toEqual([]);
  });

  test('R57: an agent is disabled: the colleagues have it all', async () => {
    expect(missed(await disable(world, 8, silent))).toEqual([]);
  });
});

const silent = (): void => undefined;
