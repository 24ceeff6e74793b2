import type { AgentId, CommandId, GroupId } from '../ids.ts';
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
  /** Null: the rules choose, or the mode within `group`. Else the first of these who is of the team. */
  to: AgentId[] | null;
  /** By hand, within this group by the mode (R34). */
  group: GroupId | null;
  by: AgentId | null;
  /** Agents that must be passed over (R44). */
  exclude: AgentId[];
  /** R4 counts: back to who is responsible already. */
  sticky: boolean;
  /** Its turn in the waiting line has come: nobody who waits longer is in its way. */
  isWoken: boolean;
  /** One of many that are let go at once: where places are limited the line says who is first (R48). */
  viaLine: boolean;
  /** The command that is refused if nobody can be put in charge. */
  commandId: CommandId | null;
};

/** The auto-close clock fell due: with the closing text, or silently? */
export type CloseAsk = { ask: 'close'; dueAt: Instant };

/** The rules decide who gets it (R10). */
export function byRules(change: Partial<AssignAsk> = {}): AssignAsk {
  return { ...NOBODY_IN_MIND, ...change };
}

/** Somebody decides: the first of these who is of the team. */
export function byHand(by: AgentId, to: AgentId[], commandId: CommandId | null): AssignAsk {
  return { ...NOBODY_IN_MIND, how: 'manual', to, by, commandId };
}

const NOBODY_IN_MIND: AssignAsk = {
  ask: 'assign',
  how: 'automatic',
  to: null,
  group: null,
  by: null,
  exclude: [],
  sticky: false,
  isWoken: false,
  viaLine: false,
  commandId: null,
};
