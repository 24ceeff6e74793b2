/** Turns: who is next, and which agents take turns with each other. */
import type { AgentId } from './ids.ts';
import type { KeywordRule } from './keyword-rule.ts';

/** The rotation of the whole pool; that of a rule's target or a group is named after it. */
export const WHOLE_POOL = '';

/** All of them in turn: from the one after whom the mode picked last, round to that one. */
export function rotate(agents: readonly AgentId[], cursor: AgentId | null): AgentId[] {
  const last = agents.findIndex((agent) => agent === cursor);
  return [...agents.slice(last + 1), ...agents.slice(0, last + 1)];
}

/** The rotation of a rule's target: rules that share one take turns together (R7). */
export function rotationOf({ target }: Pick<KeywordRule, 'target'>): string {
  return `${target.type}:${target.id}`;
}

/** A group takes turns whether a rule or a person gives it something. */
export function rotationOfGroup(group: string): string {
  return `group:${group}`;
}
