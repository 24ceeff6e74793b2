/** R17: many sessions are open; the deadline is halved: every running deadline moves, and nothing else changes. */
import { isDeepStrictEqual } from 'node:util';
import type { Say } from '#bench/chaos/runner.ts';
import { retire, settle } from '#bench/chaos/settle.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { NO_CLOCK } from '#bench/chaos/workspace.ts';
import type { Session } from '#domain/session/session.ts';
import { newCustomers, standings, untilAll, type Standing } from './engine-world.ts';
import { fact, type Line } from './line.ts';

const HOUR_SECONDS = 3_600;
const LONG = {
  ...NO_CLOCK,
  deadline: { on: true, afterSeconds: 4 * HOUR_SECONDS, warnBeforeSeconds: 600 },
};
const HALVED = { ...LONG, deadline: { ...LONG.deadline, afterSeconds: 2 * HOUR_SECONDS } };
const SESSIONS = 1_000;

export async function proveRetime(say: Say): Promise<Line[]> {
  const world = await openWorld({ agents: 7, apis: 1, workers: 2 });
  try {
    return await halveDeadline(world, SESSIONS, say);
  } finally {
    await world.close();
  }
}

/** @returns whether every deadline moved, and whether anything else did */
export async function halveDeadline(world: World, count: number, say: Say): Promise<Line[]> {
  await world.admin.setClocks(LONG);
  const customers = await newCustomers(world, count);
  await untilAll(world, customers, {
    what: 'all are assigned',
    isSo: (all) => all.every(({ dueAt }) => dueAt !== null),
    withinMs: 600_000,
  });
  const restless = await settle(world, customers);
  const before = await standings(world, customers);
  say(`retime: ${String(before.length)} sessions are open`);
  const startedAt = performance.now();
  await world.admin.setClocks(HALVED);
  const after = await untilAll(world, customers, {
    what: 'all run by the new settings',
    isSo: (all) =>
      all.every(
        ({ state }) => state.policy.deadline.afterMs === HALVED.deadline.afterSeconds * 1_000,
      ),
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  say(`retime: ${(after.length / seconds).toFixed(0)} sessions per second`);
  const byId = new Map(after.map((one) => [one.id, one]));
  const pairs = before.map((one) => ({ one, then: byId.get(one.id) }));
  const movedBy = (LONG.deadline.afterSeconds - HALVED.deadline.afterSeconds) * 1_000;
  const moved = pairs.filter(({ one, then }) => dueOf(one) - dueOf(then) === movedBy).length;
  const untouched = pairs.filter(({ one, then }) => isSameElse(one, then)).length;
  await world.admin.setClocks(NO_CLOCK);
  await settle(world, customers);
  await retire(world, customers);
  const all = String(count);
  return [
    fact('R17: all sessions came to rest before', restless.length === 0),
    fact('R17: every running deadline moved', moved === count, `${String(moved)} of ${all}`),
    fact('R17: and nothing else changed', untouched === count, `${String(untouched)} of ${all}`),
  ];
}

function dueOf(standing: Standing | undefined): number {
  return standing?.dueAt?.getTime() ?? NaN;
}

/** All but the settings themselves and how far the journal was read. */
function isSameElse(before: Standing, after: Standing | undefined): boolean {
  if (after === undefined) return false;
  const rest = ({ policy: _, lastSeq: __, ...state }: Session) => state;
  return (
    before.assignee === after.assignee &&
    before.round === after.round &&
    isDeepStrictEqual(rest(before.state), rest(after.state))
  );
}
