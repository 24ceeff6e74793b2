/** Who of a team gets a session when the rules decide, and why not the others (R4–R10). */
import type {
  AssignmentFacts,
  Candidate,
  CandidateReason,
  TeamMember,
  TraceStep,
} from './assignment.ts';
import type { AgentId, GroupId } from './ids.ts';
import type { Instant } from './instant.ts';
import { keywordIn, type KeywordRule } from './keyword-rule.ts';
import { byRules, type AssignAsk } from './session/ask.ts';
import type { NotAssignedCause } from './session/event.ts';

export type Found = {
  agent: AgentId | null;
  steps: TraceStep[];
  picked: { rotation: string; agent: AgentId } | null;
  /** If nobody was found: why, for the session and for who had asked. */
  cause: NotAssignedCause;
  refusal: 'NOT_IN_TEAM' | 'NOBODY_AVAILABLE';
};

/** What the rules must know of the session. */
export type Asking = { responsible: AgentId | null; waitsSince: Instant };

/** The rotation of the whole pool; that of a rule's target or a group is named after it. */
export const WHOLE_POOL = '';

/** R10's order: who is responsible → distribution on? → the line → the customer's owner → keywords → the mode. */
export function findByRules(ask: AssignAsk, facts: AssignmentFacts, asking: Asking): Found {
  if (ask.group !== null) return withinGroup(ask, facts, ask.group);
  const steps: TraceStep[] = [];
  const { rules } = facts;

  if (ask.sticky && rules.sticky && asking.responsible !== null) {
    const candidate = judgeResponsible(asking.responsible, facts.team);
    steps.push(stepOf('already responsible', [candidate]));
    return candidate.taken ? taken(steps, candidate.agent) : nobody(steps, 'responsible left');
  }
  steps.push({
    ...stepOf('automatic distribution', []),
    result: rules.distribution ? 'on' : 'off',
  });
  if (!rules.distribution) return nobody(steps, 'distribution off');

  if (isBehind(ask, facts, asking)) {
    steps.push({ ...stepOf('waiting line', []), result: 'others wait longer' });
    return nobody(steps, 'behind others in line');
  }
  if (rules.ownerPriority && facts.owner !== null) {
    const candidate = judgeOwner(facts.owner, ask, facts);
    steps.push(stepOf("customer's owner", [candidate]));
    if (candidate.taken) return taken(steps, candidate.agent);
  }
  for (const rule of rules.keywordRules) {
    const keyword = keywordIn(facts.texts, rule);
    if (keyword === null) continue;
    const pick = pickByMode(targetOf(rule, facts), ask, facts, rotationOf(rule));
    steps.push({ ...stepOf('keyword', pick.candidates), about: keyword });
    if (pick.agent !== null) return { ...taken(steps, pick.agent), picked: pick.moves };
  }
  const pool = facts.team.filter(({ listed }) => listed);
  const pick = pickByMode(pool, ask, facts, WHOLE_POOL);
  steps.push(stepOf(rules.mode, pick.candidates));
  if (pick.agent === null) return nobody(steps, 'nobody qualifies');
  return { ...taken(steps, pick.agent), picked: pick.moves };
}

/** How many sessions of the line could be given out now; Infinity without a capacity (R48). */
export function placesFree({ team, rules }: Pick<AssignmentFacts, 'team' | 'rules'>): number {
  if (!rules.distribution) return 0;
  return team
    .filter((member) => member.listed && whyNot(member, byRules(), { rules }) === null)
    .reduce(
      (free, { capacity, load }) => free + (capacity === null ? Infinity : capacity - load),
      0,
    );
}

/** R34: by hand to a group. Nobody is passed over for having much to do; presence and switches count. */
function withinGroup(ask: AssignAsk, facts: AssignmentFacts, group: GroupId): Found {
  const members = membersOf(facts.groups[group] ?? [], facts);
  const boundless = members.map((member) => ({ ...member, capacity: null }));
  const pick = pickByMode(boundless, ask, facts, rotationOfGroup(group));
  const steps = [{ ...stepOf('by hand', pick.candidates), about: group }];
  if (pick.agent !== null) return { ...taken(steps, pick.agent), picked: pick.moves };
  const refusal = members.length === 0 ? 'NOT_IN_TEAM' : 'NOBODY_AVAILABLE';
  return { ...nobody(steps, 'nobody qualifies'), refusal };
}

/** R48: who comes new joins the line while somebody waits longer. A time-out takes its session from somebody. */
function isBehind(ask: AssignAsk, { lineHead }: AssignmentFacts, { waitsSince }: Asking): boolean {
  return ask.how === 'automatic' && !ask.isWoken && lineHead !== null && lineHead < waitsSince;
}

function judgeResponsible(agent: AgentId, team: readonly TeamMember[]): Candidate {
  const member = team.find((one) => one.agent === agent);
  if (member === undefined) return { agent, taken: false, why: 'not in the team' };
  if (member.disabled) return { agent, taken: false, why: 'disabled' };
  return { agent, taken: true, why: 'is responsible' };
}

function judgeOwner(agent: AgentId, ask: AssignAsk, facts: AssignmentFacts): Candidate {
  const [member] = membersOf([agent], facts);
  if (member === undefined) return { agent, taken: false, why: 'not in the team' };
  const against = whyNot(member, ask, facts);
  return { agent, taken: against === null, why: against ?? 'owns the customer' };
}

type Picked = {
  agent: AgentId | null;
  candidates: Candidate[];
  /** By chance no rotation moves. */
  moves: Found['picked'];
};

/** R7: the next in turn of those who qualify, or one of them by chance. */
function pickByMode(
  members: readonly TeamMember[],
  ask: AssignAsk,
  facts: AssignmentFacts,
  rotation: string,
): Picked {
  const isRandom = facts.rules.mode === 'random';
  const order = isRandom ? members : rotate(members, facts.cursors[rotation] ?? null);
  const judged = order.map((member) => ({ member, against: whyNot(member, ask, facts) }));
  const able = judged.filter(({ against }) => against === null);
  const chosen = able[isRandom ? Math.floor(facts.dice * able.length) : 0]?.member.agent ?? null;
  const candidates = judged.map(({ member: { agent }, against }): Candidate => {
    const isChosen = agent === chosen;
    if (against !== null) return { agent, taken: false, why: against };
    if (isRandom) return { agent, taken: isChosen, why: isChosen ? 'drawn' : 'not drawn' };
    return { agent, taken: isChosen, why: isChosen ? 'next in turn' : 'later in turn' };
  });
  const moves = chosen === null || isRandom ? null : { rotation, agent: chosen };
  return { agent: chosen, candidates, moves };
}

/** The members in turn: from the one after whom the mode picked last, round to that one. */
function rotate(members: readonly TeamMember[], cursor: AgentId | null): TeamMember[] {
  const last = members.findIndex((member) => member.agent === cursor);
  return [...members.slice(last + 1), ...members.slice(0, last + 1)];
}

/** What speaks against somebody; null = they qualify. */
function whyNot(
  member: TeamMember,
  ask: AssignAsk,
  { rules }: Pick<AssignmentFacts, 'rules'>,
): CandidateReason | null {
  if (member.disabled) return 'disabled';
  if (!member.receives) return 'does not receive this kind';
  if (ask.exclude.includes(member.agent)) return 'was in charge during this wait';
  if (member.away) return 'is away';
  if (rules.applyTo === 'online' && !member.online) return 'offline';
  if (member.capacity !== null && member.load >= member.capacity) return 'has no place free';
  return null;
}

function targetOf({ target }: KeywordRule, facts: AssignmentFacts): TeamMember[] {
  return membersOf(target.type === 'agent' ? [target.id] : (facts.groups[target.id] ?? []), facts);
}

/** A group takes turns whether a rule or a person gives it something. */
export function rotationOfGroup(group: string): string {
  return `group:${group}`;
}

/** The rotation of a rule's target: rules that share one take turns together (R7). */
export function rotationOf({ target }: Pick<KeywordRule, 'target'>): string {
  return `${target.type}:${target.id}`;
}

/** Those of them who are listed in the team, in the order given. */
function membersOf(agents: readonly AgentId[], { team }: AssignmentFacts): TeamMember[] {
  return agents.flatMap((agent) => team.find((one) => one.agent === agent && one.listed) ?? []);
}

function stepOf(rule: TraceStep['rule'], candidates: Candidate[]): TraceStep {
  const result = candidates.find(({ taken: isTaken }) => isTaken)?.agent ?? 'nobody';
  return { rule, result, candidates };
}

function taken(steps: TraceStep[], agent: AgentId): Found {
  return { ...nobody(steps, 'nobody qualifies'), agent };
}

function nobody(steps: TraceStep[], cause: NotAssignedCause): Found {
  return { agent: null, steps, picked: null, cause, refusal: 'NOBODY_AVAILABLE' };
}
