/** What a proof run has measured, held against its bar. */
export type Line = {
  what: string;
  measured: string;
  bar: string;
  isMet: boolean;
};

/** Lateness in ms against a bar: how many, the middle one, the worst one. */
export function lateness(what: string, lateMs: readonly number[], barMs: number): Line {
  const sorted = lateMs.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const most = sorted.at(-1) ?? NaN;
  return {
    what,
    measured: `${sorted.length}: p50 ${middle.toFixed(0)} ms, most ${most.toFixed(0)} ms`,
    bar: `≤ ${barMs} ms`,
    isMet: most <= barMs,
  };
}

/** Something that must be so. */
export function fact(what: string, isMet: boolean, measured = isMet ? 'yes' : 'no'): Line {
  return { what, measured, bar: 'yes', isMet };
}

/** All lines, one below the other. */
export function proofTable(lines: readonly Line[]): string {
  const widths = (['what', 'measured', 'bar'] as const).map((key) =>
    Math.max(...lines.map((line) => line[key].length), key.length),
  );
  const row = (cells: readonly string[]) =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
  const body = lines.map(({ what, measured, bar, isMet }) =>
    `${row([what, measured, bar])}  ${isMet ? 'met' : 'MISSED'}`.trimEnd(),
  );
  return [row(['what', 'measured', 'bar']), ...body].join('\n');
}
