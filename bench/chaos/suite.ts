/** All that chaos does, by name. */
import { runKills, victims } from './kills.ts';
import * as agentRaces from './races/agents.ts';
import * as clockRaces from './races/clocks.ts';
import { runRotation } from './rotation.ts';
import { runRace, type Result, type Say } from './runner.ts';
import { runSends } from './sends.ts';
import { runStorm } from './storm.ts';
import type { World } from './world.ts';

export type Job = {
  name: string;
  /** How often, where nothing else is said. */
  times: number;
  run: (world: World, options: { times: number; say: Say }) => Promise<Result>;
};

const RACES = [
  agentRaces.doneAgainstMessage,
  agentRaces.answerThenDone,
  agentRaces.twoTakes,
  agentRaces.takeAgainstAssignment,
  clockRaces.timeoutAgainstAssign,
  clockRaces.timeoutAgainstAnswer,
  clockRaces.closeAgainstMessage,
  clockRaces.silentCloseAgainstMessage,
];

/** Each race so often, and each kill until so many sessions were hit in mid-turn. */
const TIMES = 200;
const REPLIES_PER_KILL = 100;

export const jobs: readonly Job[] = [
  { name: 'rotation', times: 500, run: runRotation },
  ...RACES.map((race): Job => ({
    name: race.name,
    times: TIMES,
    run: (world, options) => runRace(world, race, options),
  })),
  ...victims.map((victim): Job => ({
    name: victim.name,
    times: TIMES,
    run: (world, options) => runKills(world, victim, options),
  })),
  { name: 'storm', times: 2_000, run: runStorm },
  {
    name: 'sends',
    times: 500,
    run: (world, { times, say }) =>
      runSends(world, { times, kills: Math.ceil(times / REPLIES_PER_KILL), say }),
  },
];

/** After everything was marked Done no workflow is left, and no process has ended by itself. */
export async function leftOver({ temporal, crashes, db }: World): Promise<string[]> {
  const open = await db.selectFrom('session').select('id').where('status', '<>', 'done').execute();
  const found = [...crashes, ...open.map(({ id }) => `session ${id} is still open`)];
  const end = Date.now() + 30_000;
  // Temporal's list lags a little behind what it lists.
  for (;;) {
    const { count } = await temporal.workflow.count("ExecutionStatus = 'Running'");
    if (count === 0) return found;
    if (Date.now() > end) return [...found, `${count} workflows still run`];
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
