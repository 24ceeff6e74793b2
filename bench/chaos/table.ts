/** Results for who sits at the terminal. */
import type { Result } from './runner.ts';

const SHOWN = 5;

/** One line per race, its outcomes below, and what was broken. */
export function table(results: readonly Result[]): string {
  const width = Math.max(...results.map(({ race }) => race.length), 'race'.length);
  const head = `${'race'.padEnd(width)}  ${'runs'.padStart(5)}  ${'violations'.padStart(10)}  ${'s'.padStart(5)}`;
  return [head, ...results.flatMap((result) => rows(result, width))].join('\n');
}

function rows(result: Result, width: number): string[] {
  const { race, runs, violations, seconds, outcomes } = result;
  const numbers = [
    String(runs).padStart(5),
    String(violations.length).padStart(10),
    seconds.toFixed(0).padStart(5),
  ];
  const common = [...outcomes].sort(([, a], [, b]) => b - a);
  return [
    [race.padEnd(width), ...numbers].join('  '),
    ...common.map(([outcome, times]) => `  ${String(times).padStart(5)} × ${outcome}`),
    ...violations
      .slice(0, SHOWN)
      .map(({ session, check, what }) => `  BROKEN “${check}” in ${session}: ${what}`),
    ...(violations.length > SHOWN ? [`  … and ${violations.length - SHOWN} more`] : []),
  ];
}
