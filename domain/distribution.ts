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
import { rotate, rotationOf, rotationOfGroup, WHOLE_POOL } from './rotation.ts';
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

/**
 * What the rules must know of the session.
 * @property tried who was in charge during the wait that runs, in this order
 */
export type Asking = { responsible: AgentId | null; waitsSince: Instant; tried: AgentId[] };

/** R10's order: who is responsible → distribution on? → the line → the customer's owner → keywords → the mode. */
export function findByRules(asked: AssignAsk, facts: AssignmentFacts, asking: Asking): Found {
  if (asked.group !== null) return withinGroup(asked, facts, asked.group);
  const ask = { ...asked, exclude: [...asked.exclude, ...passedOver(asking.tried, facts)] };
  const steps: TraceStep[] = [];
  const { rules } = facts;

  if (ask.sticky) {
    const step = responsibleStep(facts, asking);
    steps.push(step);
    const [candidate] = step.candidates;
    if (candidate !== undefined)
      return candidate.taken ? taken(steps, candidate.agent) : nobody(steps, 'responsible left');
  }
  steps.push(unasked('automatic distribution', rules.distribution ? 'on' : 'off'));
  if (!rules.distribution) return nobody(steps, 'distribution off');

  const line = lineBefore(ask, facts, asking);
  if (line !== null) {
    steps.push(unasked('waiting line', line));
    return nobody(steps, 'behind others in line');
  }
  const owner = ownerStep(ask, facts);
  steps.push(owner);
  const [owning] = owner.candidates;
  if (owning?.taken) return taken(steps, owning.agent);

  const keyword = findByKeyword(ask, facts);
  steps.push(...keyword.steps);
  if (keyword.pick?.agent != null)
    return { ...taken(steps, keyword.pick.agent), picked: keyword.pick.moves };

  const pool = facts.team.flatMap(({ agent, listed }) => (listed ? [agent] : []));
  const pick = pickByMode(pool, ask, facts, WHOLE_POOL);
  steps.push(stepOf(rules.mode, pick.candidates));
  if (pick.agent === null) return nobody(steps, 'nobody qualifies');
  return { ...taken(steps, pick.agent), picked: pick.moves };
}

/** R4: a candidate = it goes to them or, if they have left, to nobody. */
function responsibleStep({ rules, team }: AssignmentFacts, { responsible }: Asking): TraceStep {
  if (!rules.sticky) return unasked('already responsible', 'off');
  if (responsible === null) return unasked('already responsible', 'nobody');
  const against = whyNotOfTeam(responsible, team);
  const why = against ?? 'is responsible';
  return stepOf('already responsible', [{ agent: responsible, taken: against === null, why }]);
}

/** R6. */
function ownerStep(ask: AssignAsk, facts: AssignmentFacts): TraceStep {
  const { rules, owner } = facts;
  if (!rules.ownerPriority) return unasked("customer's owner", 'off');
  if (owner === null) return unasked("customer's owner", 'nobody');
  const against = whyNot(owner, ask, facts);
  const why = against ?? 'owns the customer';
  return stepOf("customer's owner", [{ agent: owner, taken: against === null, why }]);
}

/** R9: the first rule that matches and has somebody who qualifies. */
function findByKeyword(ask: AssignAsk, facts: AssignmentFacts) {
  const { keywordRules } = facts.rules;
  const steps: TraceStep[] = [];
  for (const rule of keywordRules) {
    const about = keywordIn(facts.texts, rule);
    if (about === null) continue;
    const pick = pickByMode(targetOf(rule, facts), ask, facts, rotationOf(rule));
    steps.push({ ...stepOf('keyword', pick.candidates), about, target: rule.target.id });
    if (pick.agent !== null) return { steps, pick };
  }
  if (keywordRules.length > 0 && steps.length === 0)
    steps.push(unasked('keyword', 'no keyword found'));
  return { steps, pick: null };
}

/**
 * R58: who handed it back gets it no more, though the rules reach who is offline (R8), nor does anybody else who had it
 * during this wait and is not there: until they are back, or the wait ends (a new message is a new question). Who leaves
 * the team hands nothing back (R57): their colleagues take turns as if it were new.
 */
function passedOver(tried: readonly AgentId[], { team, rules }: LineFacts): AgentId[] {
  if (rules.applyTo === 'online') return [];
  const last = team.find(({ agent }) => agent === tried.at(-1));
  if (last === undefined || !last.listed || last.disabled || last.online) return [];
  return team.flatMap(({ agent, online }) => (!online && tried.includes(agent) ? [agent] : []));
}

/** What free places depend on. */
export type LineFacts = Pick<AssignmentFacts, 'team' | 'rules'>;

/**
 * How many sessions of the line could be given out now; Infinity without a capacity (R48).
 * @param tried who was in charge during the wait of the session that is asked for
 */
export function placesFree({ team, rules }: LineFacts, tried: readonly AgentId[] = []): number {
  if (!rules.distribution) return 0;
  const ask = byRules({ exclude: passedOver(tried, { team, rules }) });
  return team
    .filter(({ agent }) => whyNot(agent, ask, { team, rules }) === null)
    .reduce(
      (free, { capacity, load }) => free + (capacity === null ? Infinity : capacity - load),
      0,
    );
}

/** R34: by hand to a group. Nobody is passed over for having much to do; presence and switches count. */
function withinGroup(ask: AssignAsk, facts: AssignmentFacts, group: GroupId): Found {
  const members = facts.groups[group] ?? [];
  const boundless = facts.team.map((member) => ({ ...member, capacity: null }));
  const pick = pickByMode(members, ask, { ...facts, team: boundless }, rotationOfGroup(group));
  const steps = [{ ...stepOf('by hand', pick.candidates), about: group }];
  if (pick.agent !== null) return { ...taken(steps, pick.agent), picked: pick.moves };
  const isOfTeam = pick.candidates.some(({ why }) => why !== 'not in the team');
  const refusal = isOfTeam ? 'NOBODY_AVAILABLE' : 'NOT_IN_TEAM';
  return { ...nobody(steps, 'nobody qualifies'), refusal };
}

/**
 * R48: who comes new joins the line while somebody waits longer, and so does, where places are limited, whoever is one of
 * many. A time-out takes its session from somebody.
 * @returns why the line comes first; null = it does not
 */
function lineBefore(ask: AssignAsk, facts: AssignmentFacts, asking: Asking): string | null {
  const { lineHead } = facts;
  if (ask.how !== 'automatic' || ask.isWoken) return null;
  if (lineHead !== null && lineHead < asking.waitsSince) return 'others wait longer';
  const places = ask.viaLine ? placesFree(facts, asking.tried) : 0;
  return places > 0 && places < Infinity ? 'the longest waiting is first' : null;
}

/** What speaks against somebody whom no rule of R5–R9 is asked about; null = nothing. */
export function whyNotOfTeam(agent: AgentId, team: readonly TeamMember[]): CandidateReason | null {
  const member = team.find((one) => one.agent === agent);
  if (member === undefined) return 'not in the team';
  return member.disabled ? 'disabled' : null;
}

type Picked = {
  agent: AgentId | null;
  candidates: Candidate[];
  /** By chance no rotation moves. */
  moves: Found['picked'];
};

/** R7: the next in turn of those who qualify, or one of them by chance. */
function pickByMode(
  agents: readonly AgentId[],
  ask: AssignAsk,
  facts: AssignmentFacts,
  rotation: string,
): Picked {
  const isRandom = facts.rules.mode === 'random';
  const order = isRandom ? agents : rotate(agents, facts.cursors[rotation] ?? null);
  const judged = order.map((agent) => ({ agent, against: whyNot(agent, ask, facts) }));
  const able = judged.filter(({ against }) => against === null);
  const chosen = able[isRandom ? Math.floor(facts.dice * able.length) : 0]?.agent ?? null;
  const candidates = judged.map(({ agent, against }): Candidate => {
    const isChosen = agent === chosen;
    if (against !== null) return { agent, taken: false, why: against };
    if (isRandom) return { agent, taken: isChosen, why: isChosen ? 'drawn' : 'not drawn' };
    return { agent, taken: isChosen, why: isChosen ? 'next in turn' : 'later in turn' };
  });
  const moves = chosen === null || isRandom ? null : { rotation, agent: chosen };
  return { agent: chosen, candidates, moves };
}

/** What speaks against somebody; null = they qualify. */
function whyNot(
  agent: AgentId,
  ask: AssignAsk,
  { team, rules }: LineFacts,
): CandidateReason | null {
  const member = team.find((one) => one.agent === agent);
  if (member === undefined || !member.listed) return 'not in the team';
  if (member.disabled) return 'disabled';
  if (!member.receives) return 'does not receive this kind';
  if (ask.exclude.includes(member.agent)) return 'was in charge during this wait';
  if (member.away) return 'is away';
  if (rules.applyTo === 'online' && !member.online) return 'offline';
  if (member.capacity !== null && member.load >= member.capacity) return 'has no place free';
  return null;
}

function targetOf({ target }: KeywordRule, { groups }: AssignmentFacts): AgentId[] {
  return target.type === 'agent' ? [target.id] : (groups[target.id] ?? []);
}

function stepOf(rule: TraceStep['rule'], candidates: Candidate[]): TraceStep {
  const result = candidates.find(({ taken: isTaken }) => isTaken)?.agent ?? 'nobody';
  return { rule, result, candidates };
}

/** A step at which nobody was looked at, and why. */
function unasked(rule: TraceStep['rule'], result: string): TraceStep {
  return { rule, result, candidates: [] };
}

function taken(steps: TraceStep[], agent: AgentId): Found {
  return { ...nobody(steps, 'nobody qualifies'), agent };
}

function nobody(steps: TraceStep[], cause: NotAssignedCause): Found {
  return { agent: null, steps, picked: null, cause, refusal: 'NOBODY_AVAILABLE' };
}
