import { median } from './numbers.ts';
import type { Line } from './row.ts';

/** Measurements of ours and of its floor, by run. */
export type Pairs = { ours: number[]; floor: number[] };

type Two = {
  runs: number;
  ours: () => Promise<number>;
  floor: () => Promise<number>;
  /** Told of each run. */
  note?: (text: string) => void;
};

/**
 * Measures both in turn, ours first, then the floor first, and so on: the speed of a machine drifts, and only what
 * was measured side by side can be compared.
 */
export async function inTurn({ runs, ours, floor, note }: Two): Promise<Pairs> {
  const pairs: Pairs = { ours: [], floor: [] };
  // Not counted: fresh processes run cold code.
  await ours();
  await floor();
  for (let run = 0; run < runs; run += 1) {
    const oursFirst = run % 2 === 0;
    if (oursFirst) pairs.ours.push(await ours());
    pairs.floor.push(await floor());
    if (!oursFirst) pairs.ours.push(await ours());
    note?.(`run ${run + 1} of ${runs}: ${last(pairs.ours)}, floor ${last(pairs.floor)}`);
  }
  return pairs;
}

function last(values: readonly number[]): string {
  return (values.at(-1) ?? NaN).toFixed(1);
}

/** The median of the runs' ratios. */
export function ratioOf({ ours, floor }: Pairs): number {
  return median(ours.map((rate, run) => rate / (floor[run] ?? NaN)));
}

/** A line for rates that are held against a floor: the more the better. */
export function rateLine(what: string, pairs: Pairs, leastRatio: number): Line {
  const ratio = ratioOf(pairs);
  return {
    what,
    measured: perSecond(pairs.ours),
    floor: perSecond(pairs.floor),
    ratio,
    bar: `≥ ${leastRatio} × floor`,
    isMet: ratio >= leastRatio,
    samples: { ours: pairs.ours, floor: pairs.floor },
  };
}

/** The median, and how far the runs lay apart. */
export function perSecond(rates: readonly number[]): string {
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  const middle = `${median(rates).toFixed(0)}/s`;
  return rates.length === 1 ? middle : `${middle} (${least.toFixed(0)}–${most.toFixed(0)})`;
}
