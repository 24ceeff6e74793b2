import type { Trace } from '../assignment.ts';
import { rotationOf, rotationOfGroup, WHOLE_POOL } from '../rotation.ts';
import type { AgentId } from '../ids.ts';
import type { KeywordRule } from '../keyword-rule.ts';

/**
 * Who had been picked last when a period began, by rotation, as its first decisions tell.
 * @param traces of the decisions of one kind, in order of time
 * @returns without the rotations that none of them moved
 */
export function cursorsBefore(
  traces: readonly Trace[],
  rules: readonly KeywordRule[],
): Record<string, AgentId | null> {
  const cursors: Record<string, AgentId | null> = {};
  for (const trace of traces) {
    const rotation = rotationIn(trace, rules);
    if (rotation !== null && !(rotation in cursors)) cursors[rotation] = trace.cursor.before;
  }
  return cursors;
}

/** Which rotation a trace speaks of; null = that of a rule that there is not any more. */
function rotationIn({ steps }: Trace, rules: readonly KeywordRule[]): string | null {
  const last = steps.at(-1);
  const chosen = last?.candidates.find(({ taken }) => taken);
  // Who was not picked in turn moved no rotation: the trace tells that of the whole pool.
  if (last?.about === undefined || chosen?.why !== 'next in turn') return WHOLE_POOL;
  const { rule, about, target } = last;
  if (rule === 'by hand') return rotationOfGroup(about);
  const found = rules.find((one) => one.target.id === target);
  return found === undefined ? null : rotationOf(found);
}
