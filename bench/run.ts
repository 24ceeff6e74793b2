/** `npm run bench`: measures the speeds that the design promises, each beside its floor in the same run. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { coresAtWork, describeMachine } from './harness/machine.ts';
import { table } from './harness/report.ts';
import type { Line, Row } from './harness/row.ts';
import { rows } from './rows/index.ts';
import { createBench, type Bench } from './setup/bench.ts';

const USAGE = `npm run bench -- [row …] [--quick] [--json FILE]
Rows: ${rows.map((row) => row.name).join(', ')}`;

/** More than this, and times are those of a busy machine; ratios may still hold. */
const BUSY_CORES = 0.4;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const chosen = choose(positionals);
  const bench = createBench({ isQuick: values.quick });
  const lines: Line[] = [];
  try {
    for (const row of chosen) lines.push(...(await measure(row, bench)));
  } finally {
    await bench.close();
  }
  const machine = describeMachine();
  console.log(`\n${machine}\n\n${table(lines)}`);
  if (values.json !== undefined)
    await writeFile(values.json, JSON.stringify({ machine, quick: values.quick, lines }, null, 2));
}

async function measure(row: Row, bench: Bench): Promise<Line[]> {
  const busy = await coresAtWork();
  const warning =
    busy > BUSY_CORES ? ` (${busy.toFixed(1)} cores are busy with something else)` : '';
  console.error(`${row.name} …${warning}`);
  const lines = await row.measure(bench).catch((error: unknown) => {
    process.exitCode = 1;
    console.error(error);
    return [notMeasured(row)];
  });
  for (const { what, measured } of lines) console.error(`  ${what}: ${measured}`);
  return lines;
}

function notMeasured({ name }: Row): Line {
  const measured = 'could not be measured, see above';
  return { what: name, measured, floor: null, ratio: null, bar: '', isMet: false };
}

function choose(names: readonly string[]): Row[] {
  const unknown = names.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) throw new Error(`There is no row "${unknown}".\n${USAGE}`);
  return rows.filter((row) => names.length === 0 || names.includes(row.name));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
});
