import { percentile } from './numbers.ts';

/** `p50 12 · p95 20 · p99 31 ms` */
export function latencies(values: readonly number[]): string {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => ms(percentile(values, share)));
  return `p50 ${p50} · p95 ${p95} · p99 ${p99} ms`;
}

export function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
