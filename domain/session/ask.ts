import type { AgentId, CommandId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { AssignmentHow } from './event.ts';

/**
 * A question that only facts read under lock can answer, in the transaction that commits the turn.
 * A turn asks at most one; what arrives meanwhile waits for the next turn.
 */
export type Ask = AssignAsk | CloseAsk;

export type AssignAsk = {
  ask: 'assign';
  how: AssignmentHow;
  /** Null: the rules choose. Else the first of these who is of the team. */
  to: AgentId[] | null;
  by: AgentId | null;
  /** Agents that the rules must pass over (R44). */
  exclude: AgentId[];
  /** The command that is refused if nobody can be put in charge. */
  commandId: CommandId | null;
};

/** The auto-close clock fell due: with the closing text, or silently? */
export type CloseAsk = { ask: 'close'; dueAt: Instant };
