/** What is made of measurements. */

/** The value that this share of all values does not exceed: `percentile(ms, 0.95)`. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = Math.ceil(share * sorted.length) - 1;
  return sorted[Math.max(0, place)] ?? NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (upper + lower) / 2;
}

/**
 * How well an order was kept, by Spearman: 1 = exactly, 0 = not at all, -1 = the other way round.
 * @param wanted for each thing, by what it should have been ordered @param actual its place, or its time
 */
export function orderKept(wanted: readonly number[], actual: readonly number[]): number {
  const [a, b] = [ranks(wanted), ranks(actual)];
  const mean = (a.length - 1) / 2;
  const spread = sum(a.map((rank) => (rank - mean) ** 2));
  return sum(a.map((rank, index) => (rank - mean) * ((b[index] ?? 0) - mean))) / spread;
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index);
  order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranked = new Array<number>(values.length).fill(0);
  order.forEach((index, rank) => (ranked[index] = rank));
  return ranked;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
