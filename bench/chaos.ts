/** `npm run chaos [race …] [--times N] [--seed S]`: races and kills, and what must hold after them. */
import { parseArgs } from 'node:util';
import type { Result } from '#bench/chaos/runner.ts';
import { jobs, leftOver, type Job } from '#bench/chaos/suite.ts';
import { table } from '#bench/chaos/table.ts';
import { openWorld, type World } from '#bench/chaos/world.ts';

export type ChaosOptions = {
  /** Names of races; none = all. */
  only: readonly string[];
  /** How often each; undefined = as often as it is to be shown. */
  times: number | undefined;
  /** The same seed makes the same choices; what the machine makes of them differs. */
  seed: number;
};

/** Seven agents, two APIs and two workers: enough of everything to be wrong about who does what. */
const SHAPE = { agents: 7, apis: 2, workers: 2 };

/** @returns whether nothing was broken */
export async function chaos({ only, times, seed }: ChaosOptions): Promise<boolean> {
  const startedAt = Date.now();
  const say = (line: string): void => {
    console.log(`${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(5)} s  ${line}`);
  };
  const chosen = jobs.filter(({ name }) => only.length === 0 || only.includes(name));
  const world = await openWorld({ ...SHAPE, seed });
  say(`seed ${seed}, logs in ${world.dataDir}/logs`);
  const results: Result[] = [];
  let left: string[];
  try {
    for (const job of chosen) results.push(await runJob(world, job, { times, say }));
    left = await leftOver(world);
  } finally {
    const isClean = results.length === chosen.length && results.every(isFine);
    await world.close(!isClean);
  }
  console.log(`\n${table(results)}`);
  for (const what of left) console.log(`BROKEN at the end: ${what}`);
  return left.length === 0 && results.every(isFine);
}

function isFine({ violations }: Result): boolean {
  return violations.length === 0;
}

function runJob(
  world: World,
  job: Job,
  { times, say }: { times: number | undefined; say: (line: string) => void },
): Promise<Result> {
  return job.run(world, { times: times ?? job.times, say });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { times: { type: 'string' }, seed: { type: 'string', default: '1' } },
  });
  const names = jobs.map(({ name }) => name);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`No race ${unknown}. There are: ${names.join(', ')}`);
  const times = values.times === undefined ? undefined : Number(values.times);
  const isFineAll = await chaos({ only: positionals, times, seed: Number(values.seed) });
  process.exitCode = isFineAll ? 0 : 1;
}

if (import.meta.main) await main();
