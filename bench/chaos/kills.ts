/** Processes killed (-9) while many sessions are in the middle of a turn. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Part } from '#local/part.ts';
import { readFacts } from './facts.ts';
import { findViolations } from './invariants.ts';
import { meetAll } from './play.ts';
import { countOutcome, emptyResult, type Result, type Say } from './runner.ts';
import { retire, settle } from './settle.ts';
import { isTakenIn, lookAt, type Look } from './watch.ts';
import { between, type World } from './world.ts';

export type Victim = {
  /** As it is asked for on the command line. */
  name: string;
  /** Who is killed this time. */
  choose: (world: World, round: number) => readonly Part[];
};

/** Now one of several, now all of them: who survives goes on with what the dead one held. */
const someOrAll = (parts: readonly Part[], round: number): readonly Part[] =>
  round % 2 === 0 ? parts.slice(0, 1) : parts;

export const victims: readonly Victim[] = [
  { name: 'worker-killed', choose: ({ stack }, round) => someOrAll(stack.workers, round) },
  { name: 'api-killed', choose: ({ stack }, round) => someOrAll(stack.apis, round) },
  { name: 'temporal-killed', choose: ({ stack }) => [stack.temporal] },
  { name: 'postgres-killed', choose: ({ stack }) => [stack.postgres] },
];

const CREW = 60;
/** So many rounds that find nobody in the middle of a turn, and something is wrong with the run. */
const MAX_ROUNDS = 60;
/** All of them move within this, and the kill comes some time after the first. */
const BUSY_MS = 80;
const KILL_WITHIN_MS = 250;
const DOWN_MS = 500;

/** Kills until so many sessions were hit in mid-turn. */
export async function runKills(
  world: World,
  victim: Victim,
  { times, say }: { times: number; say: Say },
): Promise<Result> {
  const startedAt = performance.now();
  const result = emptyResult(victim.name);
  const customers = await meetAll(world, Math.min(CREW, 2 * times));
  for (let round = 0; result.runs < times && round < MAX_ROUNDS; round += 1) {
    const hit = await killOnce(world, victim, { customers, round });
    result.runs += hit;
    countOutcome(result, 'kills');
    countOutcome(result, 'in mid-turn when killed', hit);
    say(`${victim.name}: ${result.runs} of ${times} in ${round + 1} kills`);
  }
  result.violations.push(...(await settle(world, customers)));
  result.violations.push(...findViolations(await readFacts(world, customers)));
  await retire(world, customers);
  result.seconds = (performance.now() - startedAt) / 1_000;
  return result;
}

/** @returns how many sessions were in mid-turn */
async function killOnce(
  world: World,
  victim: Victim,
  { customers, round }: { customers: readonly string[]; round: number },
): Promise<number> {
  const looks = await lookAt(world.db, customers);
  const moves = [...looks.values()].map((look) => moveSoon(world, look));
  await sleep(between(world, BUSY_MS / 2, KILL_WITHIN_MS));
  const hit = await inMidTurn(world, customers);
  const parts = victim.choose(world, round);
  await Promise.all(parts.map((part) => part.kill()));
  await sleep(between(world, 0, DOWN_MS));
  await Promise.all(parts.map((part) => part.start()));
  await Promise.all(moves);
  await Promise.all(
    customers.map((customer) => world.watch.until(customer, 'all is taken in', isTakenIn)),
  );
  return hit;
}

/** Sessions whose journal is ahead of what was committed. */
async function inMidTurn({ db }: World, customers: readonly string[]): Promise<number> {
  const { rows } = await sql<{ hit: number }>`
    select count(*)::int as hit
    from customer_identity i join session s on s.customer_id = i.customer_id
    join session_queue q on q.session_id = s.id
    where i.external_id = any(${[...customers]}::text[]) and q.last_seq > s.applied_seq
  `.execute(db);
  return rows[0]?.hit ?? 0;
}

async function moveSoon(world: World, look: Look): Promise<void> {
  const chance = world.dice();
  await sleep(between(world, 0, BUSY_MS));
  const { id, lastSeq: seenSeq, customer } = look;
  const { admin } = world;
  if (chance < 0.4) await world.meta.write(customer, 'Shop ơi');
  else if (chance < 0.65) await (agentFor(world, look) ?? admin).reply(id, 'Dạ', seenSeq);
  else if (chance < 0.85) await admin.command(id, { type: 'done', seenSeq });
  else if (chance < 0.95) await admin.command(id, { type: 'take', from: look.assignee });
  else if (look.assignee !== null)
    await admin.command(id, { type: 'unassign', from: look.assignee });
}

function agentFor(world: World, { assignee }: Look) {
  return assignee === null ? null : world.agentOf(assignee);
}
