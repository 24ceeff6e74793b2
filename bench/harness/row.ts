import type { Bench } from '#bench/setup/bench.ts';

/** One of the things that are measured: `npm run bench <name>`. */
export type Row = {
  name: string;
  measure: (bench: Bench) => Promise<Line[]>;
};

/** A line of the table. */
export type Line = {
  what: string;
  /** In words, with unit. */
  measured: string;
  /** The same work without Everthread, measured in the same run; null = there is no such thing. */
  floor: string | null;
  /** Of measured to floor. */
  ratio: number | null;
  bar: string;
  isMet: boolean;
  /** The single measurements, for the JSON file. */
  samples?: Record<string, readonly number[]>;
};
