/** R48, R58: the line is drained as people come online, and what happens to connections moves only what it should. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from '#bench/chaos/runner.ts';
import { retire, settle } from '#bench/chaos/settle.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';
import {
  newCustomers,
  setAssignment,
  setWorkspace,
  standings,
  untilAll,
  type Standing,
} from './engine-world.ts';
import { fact, type Line } from './line.ts';

export type LineScale = {
  /** Sessions that wait. */
  waiting: number;
  capacity: number;
  /** R58: so long a dropped connection counts as online. In seconds. */
  graceSeconds: number;
  /** So long the API is away. */
  apiDownMs: number;
};

const FULL: LineScale = { waiting: 200, capacity: 20, graceSeconds: 20, apiDownMs: 180_000 };
/** Until everybody has noticed what they are to notice: presence is looked at every two seconds, the line every second. */
const NOTICED_MS = 6_000;

/** Of the grace time. */
const SHORT_DROP = 0.6;

export async function proveWaitingLine(say: Say): Promise<Line[]> {
  const world = await openWorld({ agents: 2, apis: 1, workers: 2 });
  try {
    return await drain(world, FULL, say);
  } finally {
    await world.close();
  }
}

/** The whole story, on a world of which nobody is online. */
export async function drain(world: World, scale: LineScale, say: Say): Promise<Line[]> {
  const { waiting, capacity, graceSeconds, apiDownMs } = scale;
  const [an, binh] = world.agents;
  if (an === undefined || binh === undefined) throw new Error('It takes two agents');
  await setAssignment(world, { applyTo: 'online', sticky: false });
  await setWorkspace(world, { capacity, presenceGraceSeconds: graceSeconds });
  const customers = await newCustomers(world, waiting);
  const queued = await untilAll(world, customers, {
    what: 'all stand in the line',
    isSo: (all) => all.every(({ inLineSince }) => inLineSince !== null),
    withinMs: 300_000,
  });
  say(`line: ${String(queued.length)} wait, nobody is online`);
  const oldest = new Set(queued.slice(0, capacity).map(({ id }) => id));

  let stream = an.openStream();
  const startedAt = performance.now();
  await untilAll(world, customers, {
    what: 'as many are given out as there are places',
    isSo: (all) => held(all).length >= capacity,
  });
  const drainedMs = performance.now() - startedAt;
  await sleep(NOTICED_MS);
  const given = held(await standings(world, customers));
  const lines = [
    fact(
      `R48: exactly the ${String(capacity)} longest-waiting of ${String(waiting)} are given out`,
      given.length === capacity && given.every(({ id }) => oldest.has(id)),
      `${String(given.length)} after ${(drainedMs / 1_000).toFixed(1)} s`,
    ),
  ];

  // Who is taken for gone would now lose all that waits.
  await setWorkspace(world, { handBackOffline: true });
  await sleep(NOTICED_MS);
  await settle(world, customers);
  let still = await versions(world, customers);
  await stream.close();
  await sleep(graceSeconds * 1_000 * SHORT_DROP);
  stream = an.openStream();
  await sleep(graceSeconds * 1_000 + NOTICED_MS);
  lines.push(
    fact(
      'R58: a short drop of the connection moves nothing',
      still === (await versions(world, customers)),
    ),
  );

  await Promise.all(world.stack.apis.map((api) => api.kill()));
  await sleep(apiDownMs);
  await Promise.all(world.stack.apis.map((api) => api.start()));
  await sleep(graceSeconds * 1_000 + NOTICED_MS);
  lines.push(
    fact(
      `R58: the API killed for ${String(Math.round(apiDownMs / 1_000))} s moves nothing`,
      still === (await versions(world, customers)),
    ),
  );
  say('line: short drop and dead API seen');

  await setWorkspace(world, { handBackOffline: false });
  await sleep(NOTICED_MS);
  await settle(world, customers);
  still = await versions(world, customers);
  await stream.close();
  await sleep(graceSeconds * 1_000 + 2 * NOTICED_MS);
  lines.push(
    fact(
      'R58: a long drop moves nothing unless it is to be handed back',
      still === (await versions(world, customers)),
    ),
  );
  stream = an.openStream();
  await sleep(NOTICED_MS);
  await setWorkspace(world, { handBackOffline: true });
  await stream.close();
  const back = await untilAll(world, customers, {
    what: 'what waited for who is gone is back in the line',
    isSo: (all) => held(all).length === 0,
  }).catch(() => []);
  const other = binh.openStream();
  const next = await untilAll(world, customers, {
    what: 'the other has as many as there are places',
    isSo: (all) => held(all).length >= capacity,
  }).catch(() => []);
  await other.close();
  const isOldest = held(next).every(({ id, assignee }) => assignee === binh.id && oldest.has(id));
  lines.push(
    fact(
      'R58: with handing back on, after a long drop it is all back in the line',
      back.length > 0,
    ),
    fact(
      'R48: and the next who comes gets the longest-waiting',
      held(next).length === capacity && isOldest,
    ),
  );

  await setWorkspace(world, { capacity: null, handBackOffline: false });
  await setAssignment(world, { applyTo: 'all' });
  const rest = await untilAll(world, customers, {
    what: 'the line is empty',
    isSo: (all) => held(all).length === customers.length,
    withinMs: 300_000,
  }).catch(() => []);
  lines.push(
    fact('R17: settings that let everybody in empty the line', rest.length === customers.length),
  );
  await settle(world, customers);
  await retire(world, customers);
  return lines;
}

function held(all: readonly Standing[]): Standing[] {
  return all.filter(({ assignee }) => assignee !== null);
}

/** What was committed of each, as one text: equal = nothing was. */
async function versions(world: World, customers: readonly string[]): Promise<string> {
  const all = await standings(world, customers);
  return all
    .map(({ id, assignee, inLineSince, version }) =>
      [id, assignee, inLineSince?.getTime(), version].join(' '),
    )
    .sort()
    .join('\n');
}
