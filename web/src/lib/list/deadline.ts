import type { Row } from '#lib/state/session-list.svelte.ts';

/** R45 in the list: nothing, a deadline that runs, one that is near, one that was missed. */
export function deadlineOf(
  row: Pick<Row, 'status' | 'dueAt' | 'warnedAt' | 'overdueAt'>,
  now: number,
): { state: 'running' | 'soon' | 'overdue'; ms: number } | null {
  if (row.status === 'done') return null;
  if (row.overdueAt !== null) return { state: 'overdue', ms: now - Date.parse(row.overdueAt) };
  if (row.dueAt === null) return null;
  return { state: row.warnedAt === null ? 'running' : 'soon', ms: Date.parse(row.dueAt) - now };
}
