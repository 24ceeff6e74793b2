/** R47: how late the clocks act, in operation and after everything but Postgres was killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClockName } from '#domain/session/clocks.ts';
import { inTurns } from '#bench/chaos/facts.ts';
import { meet, type Player } from '#bench/chaos/play.ts';
import type { Say } from '#bench/chaos/runner.ts';
import { retire, settle } from '#bench/chaos/settle.ts';
import { NO_CLOCK } from '#bench/chaos/workspace.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { watchDue, type Act, type DueWatch } from './due-watch.ts';
import { lateness, type Line } from './line.ts';

const CLOSING_TEXT = 'Cảm ơn bạn đã ghé tiệm';
const CLOCKS = {
  autoClose: { on: true, afterSeconds: 6, text: CLOSING_TEXT },
  reassign: { on: true, afterSeconds: 6 },
  deadline: { on: true, afterSeconds: 9, warnBeforeSeconds: 2 },
};
const ALL: readonly ClockName[] = ['reassign', 'warning', 'overdue', 'close'];
/** In operation, one after the other; at a crash fewer, which all fall due at once. */
const SESSIONS = { inOperation: 40, atCrash: 12 };
/** Others write all the while: what they write must not hold up the clocks of the rest. */
const TRAFFIC_EVERY_MS = 200;

const IN_OPERATION_MS = 1_000;
const AFTER_CRASH_MS = 2_500;
const AFTER_CRASH_IN_FLIGHT_MS = 4_000;
/** After a crash the worst counts, so it is tried more than once. */
const CRASHES = 3;

/** All four clocks, each measured where agents see it: in the database, and the closing text at the customer. */
export async function proveClocks(say: Say): Promise<Line[]> {
  const world = await openWorld({ agents: 4, apis: 1, workers: 1 });
  const lines: Line[] = [];
  try {
    await world.admin.setClocks(CLOCKS);
    lines.push(...(await inOperation(world)));
    say('clocks: measured in operation');
    const quiet: Act[] = [];
    const inFlight: Act[] = [];
    for (let crash = 1; crash <= CRASHES; crash += 1) {
      quiet.push(...(await throughCrash(world, { killBeforeDueMs: 3_000 })));
      inFlight.push(...(await throughCrash(world, { killBeforeDueMs: -20 })));
      say(`clocks: crash ${crash} of ${CRASHES} measured`);
    }
    lines.push(...each(quiet, 'after kill -9 of API, worker and Temporal', AFTER_CRASH_MS));
    const what = 'after kill -9 just as it was due';
    lines.push(...each(inFlight, what, AFTER_CRASH_IN_FLIGHT_MS));
  } finally {
    await world.close();
  }
  return lines;
}

function each(acts: readonly Act[], what: string, barMs: number): Line[] {
  return ALL.map((clock) => {
    const lateMs = acts.filter((act) => act.clock === clock).map((act) => act.seenAt - act.dueAt);
    return lateness(`${clock} ${what}`, lateMs, barMs);
  });
}

/** Silence, and silence after an answer, a few sessions per second. */
async function inOperation(world: World): Promise<Line[]> {
  const watch = watchDue(world.db);
  const players = await gather(world, watch, { count: SESSIONS.inOperation, everyMs: 250 });
  await sleep(durationMs() + IN_OPERATION_MS);
  await watch.stop();
  const texts = await closingTexts(world, players, watch.acts);
  await clear(world, players);
  return [
    ...each(watch.acts, 'in operation', IN_OPERATION_MS),
    lateness('closing text at the customer in operation', texts, IN_OPERATION_MS),
  ];
}

/** Until the last clock of sessions that began just now has acted. */
function durationMs(): number {
  return 1_000 * (CLOCKS.deadline.afterSeconds + 1);
}

/** Half of them unanswered, half answered. `everyMs`: one starts after the other. */
async function gather(
  world: World,
  watch: DueWatch,
  { count, everyMs }: { count: number; everyMs: number },
): Promise<Player[]> {
  const players: Player[] = [];
  await inTurns(Array.from({ length: count }), count, async (_, index) => {
    await sleep(index * everyMs);
    const player = await meet(world, await world.meta.newCustomer('Khách Thu'));
    players.push(player);
    watch.follow(player.look.id);
    if (index % 2 === 0) return;
    const agent = world.agentOf(player.look.assignee);
    await agent.reply(player.look.id, 'Dạ còn ạ', player.look.lastSeq);
  });
  return players;
}

/**
 * Kills API, worker and Temporal at once and starts them again; what fell due meanwhile counts from when all are back.
 */
async function throughCrash(
  world: World,
  { killBeforeDueMs }: { killBeforeDueMs: number },
): Promise<Act[]> {
  const { stack } = world;
  const watch = watchDue(world.db);
  const players = await gather(world, watch, { count: SESSIONS.atCrash, everyMs: 0 });
  const traffic = await startTraffic(world);
  const armedAt = Date.now();
  await sleep(armedAt + 1_000 * CLOCKS.reassign.afterSeconds - killBeforeDueMs - Date.now());
  const killed = [stack.temporal, ...stack.apis, ...stack.workers];
  const killedAt = Date.now();
  await Promise.all(killed.map((part) => part.kill()));
  await stack.temporal.start();
  await Promise.all([...stack.apis, ...stack.workers].map((part) => part.start()));
  const backAt = Date.now();
  await sleep(durationMs() + AFTER_CRASH_IN_FLIGHT_MS);
  await watch.stop();
  await traffic.stop();
  await clear(world, players);
  return watch.acts
    .filter(({ seenAt }) => seenAt > killedAt)
    .map((act) => ({ ...act, dueAt: Math.max(act.dueAt, backAt) }));
}

/** Customers who keep writing, whatever is down. */
async function startTraffic({ meta }: World): Promise<{ stop: () => Promise<void> }> {
  const customer = await meta.newCustomer('Khách Kim');
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      await meta.write(customer, 'Alo shop');
      await sleep(TRAFFIC_EVERY_MS);
    }
  };
  const ended = run();
  return {
    stop() {
      stopped = true;
      return ended;
    },
  };
}

/** How much later than due each closing text stood before the customer. */
async function closingTexts(
  world: World,
  players: readonly Player[],
  acts: readonly Act[],
): Promise<number[]> {
  const late: number[] = [];
  for (const { customer, look } of players) {
    const due = acts.find(({ session, clock }) => session === look.id && clock === 'close');
    const thread = await world.meta.thread(customer);
    const text = thread.find((message) => message.text === CLOSING_TEXT);
    if (due !== undefined) late.push((text?.at ?? Infinity) - due.dueAt);
  }
  return late;
}

async function clear(world: World, players: readonly Player[]): Promise<void> {
  const customers = players.map(({ customer }) => customer);
  await world.admin.setClocks(NO_CLOCK);
  const restless = await settle(world, customers);
  if (restless.length > 0) throw new Error(`Not at rest: ${restless[0]?.what}`);
  await retire(world, customers);
  await world.admin.setClocks(CLOCKS);
}
