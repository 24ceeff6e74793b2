import type { AssignAsk } from './session/ask.ts';
import type { NotAssignedCause, SessionEvent } from './session/event.ts';
import { isOpen, type Session } from './session/session.ts';
import type { AgentId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Refusal } from './refusal.ts';

/** What the transaction read under the rotation's lock. */
export type AssignmentFacts = {
  /** R5: the master switch for automatic assignment. */
  distribution: boolean;
  /** The team in the order of its settings (R3), with what speaks for or against each. */
  team: TeamMember[];
  /** Who was picked last by the mode, in this rotation (R7). */
  cursor: AgentId | null;
};

export type TeamMember = { agent: AgentId; disabled: boolean; receives: boolean };

/** Every step that led to a decision, stored with it: the answer to "why me?" (R10). */
export type Trace = {
  steps: TraceStep[];
  cursor: { before: AgentId | null; after: AgentId | null };
};
export type TraceStep = { rule: TraceRule; result: string; candidates: Candidate[] };
export type TraceRule = 'by hand' | 'automatic distribution' | 'sequential';
export type Candidate = { agent: AgentId; taken: boolean; why: CandidateReason };
export type CandidateReason =
  | 'chosen'
  | 'next in turn'
  | 'later in turn'
  | 'disabled'
  | 'does not receive this kind'
  | 'was in charge during this wait'
  | 'not in the team';

export type AssignmentDecision = {
  events: SessionEvent[];
  refused: Refusal | null;
  trace: Trace;
  cursor: AgentId | null;
};

/** Who gets the session. The order of the rules is R10's; by hand the rules are not asked. */
export function decideAssignment(
  ask: AssignAsk,
  session: Session,
  facts: AssignmentFacts,
  now: Instant,
): AssignmentDecision {
  const question = { ask, session, facts, now };
  return ask.to === null ? byRules(question) : byHand(question, ask.to);
}

type Question = { ask: AssignAsk; session: Session; facts: AssignmentFacts; now: Instant };

function byHand({ ask, session, facts, now }: Question, wanted: AgentId[]): AssignmentDecision {
  const judged = wanted.map((agent) => judgeByHand(agent, facts, ask.by));
  const chosen = judged.find((candidate) => candidate.taken);
  // Who comes after the chosen one is not asked.
  const candidates = chosen === undefined ? judged : judged.slice(0, judged.indexOf(chosen) + 1);
  const trace = traceOf(facts.cursor, facts.cursor, [
    { rule: 'by hand', result: chosen?.agent ?? 'nobody', candidates },
  ]);
  if (chosen === undefined)
    return { events: [], refused: { code: 'NOT_IN_TEAM' }, trace, cursor: facts.cursor };
  return {
    events: [assigned(ask, session, chosen.agent, now)],
    refused: null,
    trace,
    cursor: facts.cursor,
  };
}

/** Presence and switches do not matter by hand (R34); being of the team does. Who acts has shown the right to. */
function judgeByHand(agent: AgentId, facts: AssignmentFacts, by: AgentId | null): Candidate {
  const member = facts.team.find((one) => one.agent === agent);
  if (member?.disabled) return { agent, taken: false, why: 'disabled' };
  if (member === undefined && agent !== by) return { agent, taken: false, why: 'not in the team' };
  return { agent, taken: true, why: 'chosen' };
}

function byRules(question: Question): AssignmentDecision {
  const { ask, session, facts, now } = question;
  const on = { rule: 'automatic distribution' as const, result: 'on', candidates: [] };
  if (!facts.distribution) {
    const trace = traceOf(facts.cursor, facts.cursor, [{ ...on, result: 'off' }]);
    return nobody(question, trace, 'distribution off');
  }
  const candidates = rotate(facts.team, facts.cursor).map((member) => judgeByRules(member, ask));
  const picked = candidates.findIndex((candidate) => candidate.taken);
  const ranked = candidates.map((candidate, index): Candidate =>
    candidate.taken && index !== picked
      ? { ...candidate, taken: false, why: 'later in turn' }
      : candidate,
  );
  const agent = ranked[picked]?.agent ?? null;
  const trace = traceOf(facts.cursor, agent ?? facts.cursor, [
    on,
    { rule: 'sequential', result: agent ?? 'nobody', candidates: ranked },
  ]);
  if (agent === null) return nobody(question, trace, 'nobody qualifies');
  return { events: [assigned(ask, session, agent, now)], refused: null, trace, cursor: agent };
}

/** The team in turn: from the one after whom the mode picked last, round to that one. */
function rotate(team: readonly TeamMember[], cursor: AgentId | null): TeamMember[] {
  const last = team.findIndex((member) => member.agent === cursor);
  return [...team.slice(last + 1), ...team.slice(0, last + 1)];
}

function judgeByRules(member: TeamMember, ask: AssignAsk): Candidate {
  const { agent } = member;
  if (member.disabled) return { agent, taken: false, why: 'disabled' };
  if (!member.receives) return { agent, taken: false, why: 'does not receive this kind' };
  if (ask.exclude.includes(agent))
    return { agent, taken: false, why: 'was in charge during this wait' };
  return { agent, taken: true, why: 'next in turn' };
}

function assigned(ask: AssignAsk, session: Session, agent: AgentId, at: Instant): SessionEvent {
  const from = isOpen(session) ? session.assignee : null;
  const { how, by } = ask;
  return { type: 'Assigned', at, no: session.assignments + 1, agent, how, by, from };
}

/** R44: a time-out that finds nobody leaves the session where it is and tells the admins, once per wait. */
function nobody(
  { ask, session, facts, now: at }: Question,
  trace: Trace,
  cause: NotAssignedCause,
): AssignmentDecision {
  const no = session.assignments + 1;
  const events: SessionEvent[] = [{ type: 'NotAssigned', at, no, how: ask.how, cause }];
  const toldBefore = isOpen(session) && session.wait?.escalated === true;
  if (ask.how === 'timeout' && !toldBefore) events.push({ type: 'Escalated', at, cause });
  return { events, refused: null, trace, cursor: facts.cursor };
}

function traceOf(before: AgentId | null, after: AgentId | null, steps: TraceStep[]): Trace {
  return { steps, cursor: { before, after } };
}
