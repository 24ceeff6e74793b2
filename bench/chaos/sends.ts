/** Replies while Meta's answers get lost, come late or say 500, and workers are killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSettings } from '#sandbox/faults.ts';
import type { MessageState } from '#db/stored.ts';
import { inTurns, readFacts, type SessionFacts } from './facts.ts';
import { findViolations, type Violation } from './invariants.ts';
import { meet, type Player } from './play.ts';
import { countOutcome, emptyResult, type Result, type Say } from './runner.ts';
import { retire, settle } from './settle.ts';
import { between, type World } from './world.ts';

/** A fifth of all answers; and where there is no answer, in a third of the cases no echo either: then we must look. */
export const FAULTS: Partial<FaultSettings> = {
  refuse5xxBefore: 0.04,
  transient: 0.02,
  fail5xxAfter: 0.03,
  resetAfter: 0.03,
  truncate: 0.02,
  maybeSent: 0.02,
  stall: 0.04,
  stallMs: 12_000,
  dropEcho: 0.35,
  echoFirst: 0.2,
  duplicateWebhooks: 0.1,
};

/** Two of each session: the second waits for the end of the first. */
const EACH = 2;
const AT_ONCE = 20;
const LOOK_EVERY_MS = 100;
const KILL_EVERY_MS = 2_500;

export async function runSends(
  world: World,
  { times, kills, say }: { times: number; kills: number; say: Say },
): Promise<Result> {
  const begun = await beginSends(world, { times, each: EACH, say });
  await killWorkers(world, kills, say);
  say('sends: waiting for the doubtful ones');
  return endSends(world, begun);
}

export type BegunSends = { result: Result; customers: string[]; startedAt: number };

/** All replies accepted and tried once, with faults. What becomes of the doubtful ones takes a minute or more. */
export async function beginSends(
  world: World,
  { times, each, say }: { times: number; each: number; say: Say },
): Promise<BegunSends> {
  const startedAt = performance.now();
  const result = emptyResult('sends');
  const players = await gather(world, Math.ceil(times / each));
  await world.meta.setFaults({ ...FAULTS, seed: Math.floor(world.dice() * 1e9) });
  await inTurns(players, AT_ONCE, async (player) => {
    await replyTo(world, player, each);
    result.runs += each;
    if (result.runs % 50 === 0) say(`sends: ${result.runs} of ${times} accepted`);
  });
  return { result, customers: players.map(({ customer }) => customer), startedAt };
}

/** Everything that was to be sent has been tried: from here on faults make no difference to it. */
export async function allTried({ db }: World): Promise<void> {
  for (;;) {
    const queued = await db
      .selectFrom('message')
      .select('id')
      .where('state', '=', 'queued')
      .limit(1)
      .executeTakeFirst();
    if (queued === undefined) return;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Waits for the end of each, and compares what the inbox says with what the customers got. */
export async function endSends(
  world: World,
  { result, customers, startedAt }: BegunSends,
): Promise<Result> {
  result.violations.push(...(await settle(world, customers, SETTLES_WITHIN_MS)));
  await world.meta.clearFaults();
  const facts = await readFacts(world, customers);
  result.violations.push(...findViolations(facts), ...(await shownAsTheyAre(world, facts)));
  countStates(result, facts);
  await retire(world, customers);
  result.seconds = (performance.now() - startedAt) / 1_000;
  return result;
}

/** Both replies of a session doubtful, one after the other, and a killed look or two. */
const SETTLES_WITHIN_MS = 240_000;

async function gather(world: World, size: number): Promise<Player[]> {
  const players: Player[] = [];
  await inTurns(Array.from({ length: size }), AT_ONCE, async () => {
    players.push(await meet(world, await world.meta.newCustomer('Khách Hương')));
  });
  return players;
}

async function replyTo(world: World, { look }: Player, each: number): Promise<void> {
  const agent = world.agentOf(look.assignee);
  const texts = Array.from({ length: each }, (_, index) => `Dạ em gửi ảnh ${index + 1} ạ`);
  for (const text of texts) {
    const outcome = await agent.reply(look.id, text, look.lastSeq);
    if (outcome.is !== 'done') throw new Error(`A reply was refused: ${outcome.code}`);
  }
}

async function killWorkers({ stack, dice }: World, kills: number, say: Say): Promise<void> {
  for (let kill = 1; kill <= kills; kill += 1) {
    await sleep(between({ dice }, KILL_EVERY_MS / 2, KILL_EVERY_MS));
    const worker = stack.workers[kill % stack.workers.length];
    await worker?.kill();
    await worker?.start();
    say(`sends: worker killed ${kill} of ${kills} times`);
  }
}

const ENDS: readonly MessageState[] = ['sent', 'delivered', 'seen', 'failed', 'unconfirmed'];

/** The API says of each reply what became of it. */
async function shownAsTheyAre(world: World, all: readonly SessionFacts[]): Promise<Violation[]> {
  const violations: Violation[] = [];
  await inTurns(all, AT_ONCE, async ({ id, messages }) => {
    const shown = new Map((await world.admin.messages(id)).map((one) => [one.id, one.state]));
    for (const { id: message, state, author } of messages) {
      if (author !== 'agent') continue;
      const seen = shown.get(message);
      // A receipt may arrive between the two looks.
      const isSame = seen === state || (seen !== undefined && isArrived(seen) && isArrived(state));
      if (isSame && ENDS.includes(state)) continue;
      const what = `${message} is ${state}, shown as ${seen ?? 'nothing'}`;
      violations.push({ session: id, check: 'each reply ends, and shows so', what });
    }
  });
  return violations;
}

function isArrived(state: MessageState): boolean {
  return state === 'sent' || state === 'delivered' || state === 'seen';
}

function countStates(result: Result, all: readonly SessionFacts[]): void {
  for (const { messages, thread } of all)
    for (const { id, state, author } of messages) {
      if (author !== 'agent') continue;
      const times = thread.filter((one) => one.metadata === id).length;
      countOutcome(result, `${isArrived(state) ? 'sent' : state}, ${times} at the customer`);
    }
}
