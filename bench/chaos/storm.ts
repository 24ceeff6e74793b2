/** Everybody does everything at once: random commands of many clients on few sessions, with kills in between. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandRequest } from '#contracts/command.ts';
import type { Part } from '#local/part.ts';
import type { AgentClient } from './agent-client.ts';
import { readFacts } from './facts.ts';
import { findViolations } from './invariants.ts';
import { meetAll } from './play.ts';
import { countOutcome, emptyResult, type Result, type Say } from './runner.ts';
import { retire, settle } from './settle.ts';
import { lookAt, type Look } from './watch.ts';
import { NO_CLOCK } from './workspace.ts';
import { between, type World } from './world.ts';

const CLIENTS = 20;
const SESSIONS = 50;
/** So many commands for each kill, which is about ten seconds of storm; in a short one there are kills too. */
const COMMANDS_PER_KILL = 250;
const FEWEST_KILLS = 3;
const CLOCKS = {
  autoClose: { on: true, afterSeconds: 7, text: 'Cảm ơn bạn, hẹn gặp lại' },
  reassign: { on: true, afterSeconds: 5 },
  deadline: { on: true, afterSeconds: 8, warnBeforeSeconds: 3 },
};

/** @returns what was asked, what became of it, and what is broken at rest */
export async function runStorm(
  world: World,
  { times, say }: { times: number; say: Say },
): Promise<Result> {
  const startedAt = performance.now();
  const result = emptyResult('storm');
  const customers = await meetAll(world, Math.min(SESSIONS, times));
  await world.admin.setClocks(CLOCKS);
  const kills = killAll(world, result, times);
  const storm = async (): Promise<void> => {
    while (result.runs < times || kills.count() < FEWEST_KILLS) await act();
  };
  const act = async (): Promise<void> => {
    const outcome = await actOnce(world, customers).catch((error: unknown) => {
      const what = error instanceof Error ? error.message : String(error);
      result.violations.push({ session: 'any', check: 'every command is answered', what });
      return 'BROKEN';
    });
    result.runs += 1;
    countOutcome(result, outcome);
    if (result.runs % 200 === 0) say(`storm: ${String(result.runs)} of ${String(times)}`);
  };
  await Promise.all(Array.from({ length: CLIENTS }, storm));
  await kills.stop();
  await world.admin.setClocks(FAR_DEADLINE);
  result.violations.push(...(await settle(world, customers)));
  result.violations.push(...findViolations(await readFacts(world, customers)));
  await retire(world, customers);
  result.seconds = (performance.now() - startedAt) / 1_000;
  return result;
}

/** At rest every open session shows when it would be due. */
const FAR_DEADLINE = {
  ...NO_CLOCK,
  deadline: { on: true, afterSeconds: 86_400, warnBeforeSeconds: 3_600 },
};

/** One thing that somebody does, on what they saw of the session a moment ago. */
async function actOnce(world: World, customers: readonly string[]): Promise<string> {
  const customer = pick(world, customers);
  const look = (await lookAt(world.db, [customer]).catch(() => null))?.get(customer);
  const chance = world.dice();
  if (chance < 0.15 || look === undefined) {
    await world.meta.write(customer, 'Shop ơi, sao lâu vậy');
    return 'customer wrote';
  }
  if (chance < 0.18) {
    await world.meta.answerElsewhere(customer, 'Trả lời từ điện thoại');
    return 'answered elsewhere';
  }
  // Others see what they have; the admin everything.
  const agent = chance < 0.6 ? world.admin : pick(world, world.agents);
  if (chance > 0.85) return told('reply', await agent.reply(look.id, 'Dạ em nghe', look.lastSeq));
  const command = anyCommand(world, look, agent);
  return told(command.type, await agent.command(look.id, command));
}

function told(what: string, outcome: { is: string; code?: string }): string {
  return outcome.is === 'done' ? `${what}: done` : `${what}: ${String(outcome.code)}`;
}

const LONGEST_SNOOZE_MS = 8_000;

function anyCommand(world: World, look: Look, agent: AgentClient): CommandRequest {
  const from = look.assignee;
  const someone = pick(world, world.agents).id;
  const seenSeq = look.lastSeq;
  const commands: CommandRequest[] = [
    { type: 'take', from },
    { type: 'assign', from, agent: someone, note: 'Nhờ bạn xem giúp' },
    { type: 'assign', from, agent: agent.id },
    {
      type: 'supporters',
      agents: world.agents.filter(() => world.dice() < 0.3).map(({ id }) => id),
    },
    { type: 'supporters', agents: [] },
    { type: 'snooze', until: new Date(Date.now() + between(world, 300, LONGEST_SNOOZE_MS)) },
    { type: 'unsnooze' },
    { type: 'done', seenSeq },
    { type: 'reopen' },
  ];
  if (from !== null) commands.push({ type: 'unassign', from });
  return pick(world, commands);
}

function pick<One>(world: World, from: readonly One[]): One {
  const one = from[Math.floor(world.dice() * from.length)];
  if (one === undefined) throw new Error('There is nothing to choose from');
  return one;
}

type Kills = { count: () => number; stop: () => Promise<void> };

/** Kills one part after the other, until it is stopped. */
function killAll(world: World, result: Result, times: number): Kills {
  const { workers, apis, temporal } = world.stack;
  const victims: Part[] = [...workers.slice(0, 1), ...apis.slice(0, 1), temporal];
  const perKill = Math.min(COMMANDS_PER_KILL, Math.floor(times / (FEWEST_KILLS + 1)));
  let killed = 0;
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      await sleep(20);
      if (result.runs < (killed + 1) * perKill) continue;
      const victim = victims[killed % victims.length];
      await victim?.kill();
      await sleep(between(world, 0, 500));
      await victim?.start();
      killed += 1;
      countOutcome(result, 'kills');
    }
  };
  const ended = run();
  return {
    count: () => killed,
    stop() {
      stopped = true;
      return ended;
    },
  };
}
