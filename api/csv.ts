/** Comma-separated values, RFC 4180, as spreadsheets open them. */

/** Without it Excel takes UTF-8 for the system's old code page, and breaks Vietnamese names. */
export const BYTE_ORDER_MARK = '\uFEFF';

export type Cell = string | number | Date | null;

export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

function toCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = cell instanceof Date ? cell.toISOString() : harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A text that begins like this would be run as a formula, whoever wrote it; customers choose their own names.
 * Source: OWASP, CSV injection.
 */
function harmless(text: string): string {
  return /^[\s]*[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
}
