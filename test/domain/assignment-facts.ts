import type { AssignmentFacts, TeamMember } from '#domain/assignment.ts';
import type { AgentId } from '#domain/ids.ts';
import type { AssignAsk } from '#domain/session/ask.ts';
import { an, binh, chi, commandId } from '#test/support/session-builders.ts';

export const member = (name: AgentId, more: Partial<TeamMember> = {}): TeamMember => ({
  agent: name,
  disabled: false,
  receives: true,
  ...more,
});

export const facts = (more: Partial<AssignmentFacts> = {}): AssignmentFacts => ({
  distribution: true,
  team: [member(an), member(binh), member(chi)],
  cursor: null,
  ...more,
});

export const byRules = (more: Partial<AssignAsk> = {}): AssignAsk => ({
  ask: 'assign',
  how: 'automatic',
  to: null,
  by: null,
  exclude: [],
  commandId: null,
  ...more,
});
export const byTimeout = (...exclude: AgentId[]) => byRules({ how: 'timeout', exclude });
export const byHand = (by: AgentId, ...to: AgentId[]) =>
  byRules({ how: 'manual', by, to, commandId: commandId('c') });
