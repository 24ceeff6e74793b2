import type { Line } from './row.ts';

const HEADS = ['what', 'measured', 'floor', 'ratio', 'bar', ''];

/** The table, in Markdown, so that it can be pasted into a note as it is. */
export function table(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.what,
    line.measured,
    line.floor ?? '–',
    line.ratio === null ? '–' : line.ratio.toFixed(2),
    line.bar,
    line.isMet ? 'ok' : 'missed',
  ]);
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const format = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [format(HEADS), format(rule), ...rows.map(format)].join('\n');
}
