import type { AssignmentFacts, AssignmentRules, TeamMember } from '#domain/assignment.ts';
import type { AgentId, GroupId } from '#domain/ids.ts';
import { byRules, type AssignAsk } from '#domain/session/ask.ts';
import { an, binh, chi, commandId } from './session-builders.ts';

export const group = (name: string): GroupId => name as GroupId;

export const member = (name: AgentId, more: Partial<TeamMember> = {}): TeamMember => ({
  agent: name,
  disabled: false,
  receives: true,
  online: true,
  away: false,
  load: 0,
  capacity: null,
  listed: true,
  ...more,
});

/** A new channel's settings. */
export const DEFAULT_RULES: AssignmentRules = {
  sticky: true,
  distribution: true,
  ownerPriority: false,
  mode: 'sequential',
  applyTo: 'all',
  keywordRules: [],
  transferOwner: false,
};

/** A new channel with three people; `cursor` is who was picked last from the whole pool. */
export const facts = ({
  rules = {},
  cursor = null,
  ...more
}: Partial<Omit<AssignmentFacts, 'rules'>> & {
  rules?: Partial<AssignmentRules>;
  cursor?: AgentId | null;
} = {}): AssignmentFacts => ({
  rules: { ...DEFAULT_RULES, ...rules },
  team: [member(an), member(binh), member(chi)],
  groups: {},
  owner: null,
  previous: null,
  texts: [],
  lineHead: null,
  cursors: { '': cursor },
  dice: 0,
  ...more,
});

export const byTimeout = (...exclude: AgentId[]): AssignAsk => byRules({ how: 'timeout', exclude });
export const byHandOf = (by: AgentId, ...to: AgentId[]): AssignAsk =>
  byRules({ how: 'manual', by, to, commandId: commandId('c') });
