/** `npm run bench`: measures the speeds that the design promises, each beside its floor in the same run. */
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { table } from './harness/report.ts';
import type { Line, Row } from './harness/row.ts';
import { rows } from './rows/index.ts';
import { createBench } from './setup/bench.ts';

const USAGE = `npm run bench -- [row …] [--quick] [--json FILE]
Rows: ${rows.map((row) => row.name).join(', ')}`;

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
  const machine = describeMachine();
  console.error(machine);
  const bench = createBench({ isQuick: values.quick });
  const lines: Line[] = [];
  try {
    for (const row of chosen) {
      console.error(`${row.name} …`);
      const measured = await row.measure(bench);
      for (const { what, measured: value } of measured) console.error(`  ${what}: ${value}`);
      lines.push(...measured);
    }
  } finally {
    await bench.close();
  }
  console.log(`\n${machine}\n\n${table(lines)}`);
  if (values.json !== undefined)
    await writeFile(values.json, JSON.stringify({ machine, lines }, null, 2));
}

function choose(names: readonly string[]): Row[] {
  const unknown = names.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) throw new Error(`There is no row "${unknown}".\n${USAGE}`);
  return rows.filter((row) => names.length === 0 || names.includes(row.name));
}

function describeMachine(): string {
  const [first] = cpus();
  const load = loadavg().map((value) => value.toFixed(1));
  return `${cpus().length} cores (${first?.model ?? 'unknown'}), Node ${process.version}, load before ${load.join(' ')}`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
});
