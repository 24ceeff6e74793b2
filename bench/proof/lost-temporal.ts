/** Temporal's database is deleted: the watchdog brings every open session back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inTurns, readFacts } from '#bench/chaos/facts.ts';
import { findViolations } from '#bench/chaos/invariants.ts';
import { meet, type Player } from '#bench/chaos/play.ts';
import type { Say } from '#bench/chaos/runner.ts';
import { settle } from '#bench/chaos/settle.ts';
import { NO_CLOCK } from '#bench/chaos/workspace.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';
import { sessionWorkflowId } from '#workflows/messages.ts';
import { fact, type Line } from './line.ts';

/** Of each sort. */
const SESSIONS = 20;
const NEGLECTED_WITHIN_MS = 60_000;
const OTHERS_WITHIN_MS = 6 * 60_000;
/** The watchdog compares when it starts, so the API must have been up for a while: else that would be measured. */
const API_UP_MS = 20_000;
const CLOCKS = { ...NO_CLOCK, reassign: { on: true, afterSeconds: 30 } };

export async function proveLostTemporal(say: Say): Promise<Line[]> {
  const world = await openWorld({ agents: 4, clocks: CLOCKS });
  try {
    const due = await gather(world, () => Promise.resolve());
    const idle = await gather(world, async ({ look }) => {
      const agent = world.agentOf(look.assignee);
      await agent.reply(look.id, 'Dạ còn ạ', look.lastSeq);
    });
    await sleep(API_UP_MS);
    await world.stack.temporal.kill();
    await world.stack.temporal.deleteDatabase();
    const written = idle.slice(0, SESSIONS / 2);
    for (const { customer } of written) await world.meta.write(customer, 'Còn đó không?');
    await world.stack.temporal.start();
    const startedAt = Date.now();
    say('lost Temporal: it is back, empty');
    return await measure(world, { due, written, others: idle.slice(SESSIONS / 2), startedAt }, say);
  } finally {
    await world.close();
  }
}

type Sorts = {
  /** With a deadline that falls due. */
  due: Player[];
  /** With an entry that nobody has applied. */
  written: Player[];
  others: Player[];
  startedAt: number;
};

async function measure(world: World, sorts: Sorts, say: Say): Promise<Line[]> {
  const { due, written, others, startedAt } = sorts;
  const dueMs = await servedAfter(world, due, { startedAt, withinMs: NEGLECTED_WITHIN_MS });
  say(`lost Temporal: deadlines served after ${seconds(dueMs)}`);
  const writtenMs = await servedAfter(world, written, { startedAt, withinMs: NEGLECTED_WITHIN_MS });
  say(`lost Temporal: entries served after ${seconds(writtenMs)}`);
  const othersMs = await servedAfter(world, others, { startedAt, withinMs: OTHERS_WITHIN_MS });
  say(`lost Temporal: others served after ${seconds(othersMs)}`);
  const customers = [...due, ...written, ...others].map(({ customer }) => customer);
  await world.admin.setClocks(NO_CLOCK);
  const restless = await settle(world, customers);
  const broken = [...restless, ...findViolations(await readFacts(world, customers))];
  const line = (what: string, ms: number, barMs: number): Line => ({
    what: `Temporal's database deleted: ${what}`,
    measured: `${SESSIONS / 2} or more, the last after ${seconds(ms)}`,
    bar: `≤ ${barMs / 1_000} s`,
    isMet: ms <= barMs,
  });
  return [
    line('with a deadline due', dueMs, NEGLECTED_WITHIN_MS),
    line('with an unapplied entry', writtenMs, NEGLECTED_WITHIN_MS),
    line('all others', othersMs, OTHERS_WITHIN_MS),
    fact(
      "Temporal's database deleted: all invariants hold afterwards",
      broken.length === 0,
      broken.length === 0 ? 'yes' : `${broken.length} broken: ${broken[0]?.what}`,
    ),
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

async function gather(world: World, then: (player: Player) => Promise<void>): Promise<Player[]> {
  const players: Player[] = [];
  await inTurns(Array.from({ length: SESSIONS }), SESSIONS, async () => {
    const player = await meet(world, await world.meta.newCustomer('Khách Yến'));
    await then(player);
    players.push(player);
  });
  return players;
}

const LOOK_EVERY_MS = 500;
/** How much longer than allowed is waited, to tell how much too late it was. */
const OVERTIME_MS = 60_000;

/** Waits until all of them are served by a run again. @returns ms since Temporal was back; Infinity = never */
async function servedAfter(
  world: World,
  players: readonly Player[],
  { startedAt, withinMs }: { startedAt: number; withinMs: number },
): Promise<number> {
  const end = startedAt + withinMs + OVERTIME_MS;
  while (Date.now() < end) {
    if (await areServed(world, players)) return Date.now() - startedAt;
    await sleep(LOOK_EVERY_MS);
  }
  return Infinity;
}

async function areServed(world: World, players: readonly Player[]): Promise<boolean> {
  let served = 0;
  await inTurns(players, 8, async ({ look }) => {
    const { channelId } = world.workspace;
    const handle = world.temporal.workflow.getHandle(sessionWorkflowId({ id: look.id, channelId }));
    const status = await handle.describe().then(
      (run) => run.status.name,
      () => 'NONE',
    );
    if (status === 'RUNNING') served += 1;
  });
  if (served < players.length) return false;
  const ids = players.map(({ look }) => look.id);
  const behind = await world.db
    .selectFrom('session')
    .innerJoin('session_queue as queue', 'queue.session_id', 'session.id')
    .select('session.id')
    .where('session.id', 'in', ids)
    .where((eb) =>
      eb.or([
        eb('session.next_due_at', '<', new Date()),
        eb('queue.last_seq', '>', eb.ref('session.applied_seq')),
      ]),
    )
    .execute();
  return behind.length === 0;
}
