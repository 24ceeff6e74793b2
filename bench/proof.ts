/** `npm run proof [part …]`: what takes long or must be timed. Ends with an error when a bar is missed. */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Say } from '#bench/chaos/runner.ts';
import { chaos } from './chaos.ts';
import { proveClocks } from './proof/clocks.ts';
import { fact, proofTable, type Line } from './proof/line.ts';
import { proveDeparture } from './proof/departure.ts';
import { proveLostTemporal } from './proof/lost-temporal.ts';
import { proveRetime } from './proof/retime.ts';
import { proveWaitingLine } from './proof/waiting-line.ts';

const parts: Record<string, (say: Say) => Promise<Line[]>> = {
  clocks: proveClocks,
  'lost-temporal': proveLostTemporal,
  retime: proveRetime,
  'waiting-line': proveWaitingLine,
  departure: proveDeparture,
  chaos: async () => [
    fact(
      'chaos: nothing broken (its table stands above)',
      await chaos({ only: [], times: undefined, seed: Math.floor(Math.random() * 1e9) }),
    ),
  ],
};

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const names = Object.keys(parts);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`No part ${unknown}. There are: ${names.join(', ')}`);
  const startedAt = Date.now();
  const say: Say = (line) => {
    console.log(`${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(5)} s  ${line}`);
  };
  say(
    `load of the machine before: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
  const lines: Line[] = [];
  for (const [name, prove] of Object.entries(parts)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    lines.push(...(await prove(say)));
  }
  console.log(`\n${proofTable(lines)}`);
  process.exitCode = lines.every(({ isMet }) => isMet) ? 0 : 1;
}

await main();
