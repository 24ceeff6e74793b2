/** Runs a race often, many sessions side by side, and holds the invariants against all of them. */
import { inTurns, readFacts } from './facts.ts';
import { findViolations, type Violation } from './invariants.ts';
import { BrokenRule, Expired, FalseStart, Pace, type Player } from './play.ts';
import type { Race } from './race.ts';
import { retire, settle } from './settle.ts';
import type { World } from './world.ts';
import { NO_CLOCK } from './workspace.ts';

export type Result = {
  race: string;
  runs: number;
  outcomes: Map<string, number>;
  violations: Violation[];
  seconds: number;
};

export type Say = (line: string) => void;

export function emptyResult(race: string): Result {
  return { race, runs: 0, outcomes: new Map(), violations: [], seconds: 0 };
}

export function countOutcome({ outcomes }: Result, outcome: string, times = 1): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + times);
}

/** Sessions in a race at the same time: enough to make everything wait for everything. */
const AT_ONCE = 24;

export async function runRace(
  world: World,
  race: Race,
  { times, say }: { times: number; say: Say },
): Promise<Result> {
  const startedAt = performance.now();
  const result = emptyResult(race.name);
  const customers: string[] = [];
  const pace = new Pace(world);
  await world.admin.setClocks(race.clocks ?? NO_CLOCK);
  // Told to all before the first begins: races count the entries of their journals.
  result.violations.push(...(await settle(world, [])));
  await inTurns(Array.from({ length: times }), AT_ONCE, async () => {
    await runOnce(world, race, { result, customers, pace });
    if (result.runs % 20 === 0) say(`${race.name}: ${result.runs} of ${times}`);
  });
  await world.admin.setClocks(NO_CLOCK);
  result.violations.push(...(await settle(world, customers)));
  result.violations.push(...findViolations(await readFacts(world, customers)));
  await retire(world, customers);
  result.seconds = (performance.now() - startedAt) / 1_000;
  return result;
}

type Running = { result: Result; customers: string[]; pace: Pace };

async function runOnce(world: World, race: Race, { result, customers, pace }: Running) {
  const player = await prepare(world, race, customers);
  const outcome = await race.play(world, player, pace).catch((error: unknown) => {
    // So slow a machine that a command ran out of time: allowed, and said.
    if (error instanceof Expired) return 'expired';
    const { message } = error instanceof Error ? error : new Error(String(error));
    const check = error instanceof BrokenRule ? race.name : 'the race can be run to its end';
    result.violations.push({ session: player.look.id, check, what: message });
    return 'BROKEN';
  });
  result.runs += 1;
  countOutcome(result, outcome);
}

/** A slow machine may miss the starting line, such as a clock that has run out before the race: then with another. */
async function prepare(world: World, race: Race, customers: string[]): Promise<Player> {
  for (;;) {
    const customer = await world.meta.newCustomer('Khách Lan');
    customers.push(customer);
    try {
      return await race.prepare(world, customer);
    } catch (error) {
      if (!(error instanceof FalseStart) && !(error instanceof Expired)) throw error;
    }
  }
}
