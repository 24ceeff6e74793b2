import type { AssignAsk } from './session/ask.ts';
import type { NotAssignedCause, SessionEvent } from './session/event.ts';
import { isOpen, triedBy, waitsSince, type Session } from './session/session.ts';
import type { AgentId, GroupId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { KeywordRule } from './keyword-rule.ts';
import type { Refusal } from './refusal.ts';
import { findByRules, whyNotOfTeam, type Found } from './distribution.ts';
import { WHOLE_POOL } from './rotation.ts';

/** The settings of a channel by which its sessions are given to somebody (R4–R9, R11). */
export type AssignmentRules = {
  sticky: boolean;
  distribution: boolean;
  ownerPriority: boolean;
  mode: 'sequential' | 'random';
  applyTo: 'online' | 'all';
  keywordRules: KeywordRule[];
  transferOwner: boolean;
};

/** What the transaction read under the rotation's lock. */
export type AssignmentFacts = {
  rules: AssignmentRules;
  /** The team in the order of its settings (R3), with what speaks for or against each. */
  team: TeamMember[];
  /** Members of the groups that a rule or the question names, in their order. */
  groups: Record<GroupId, AgentId[]>;
  /** Who is responsible for the customer (R6). */
  owner: AgentId | null;
  /** Who had the same customer's latest other session on this channel last (R4). */
  previous: AgentId | null;
  /** What the customer wrote in the wait that runs (R9). */
  texts: string[];
  /** Since when the session waits that has waited longest in the same line; null = the line is empty. */
  lineHead: Instant | null;
  /** Who was picked last by the mode, by rotation: of the whole pool or of a rule's target (R7). */
  cursors: Record<string, AgentId | null>;
  /** At least 0, less than 1: chance is none of the rules' own. */
  dice: number;
};

export type TeamMember = {
  agent: AgentId;
  disabled: boolean;
  receives: boolean;
  online: boolean;
  /** On purpose: nothing by the rules, whoever else they apply to (R58). */
  away: boolean;
  /** Open sessions that count against `capacity`; null = as many as there are (R48). */
  load: number;
  capacity: number | null;
  /** The workspace owner counts as in every team, but is given nothing unless listed (R23). */
  listed: boolean;
};

/** Every step that led to a decision, stored with it: the answer to "why me?" (R10). */
export type Trace = {
  steps: TraceStep[];
  cursor: { before: AgentId | null; after: AgentId | null };
};
/**
 * @property about the keyword that was found, or the group that was asked for
 * @property target the group or user that the keyword's rule names
 */
export type TraceStep = {
  rule: TraceRule;
  /** Who was found, 'nobody', or why nobody was looked for. */
  result: string;
  candidates: Candidate[];
  about?: string;
  target?: AgentId | GroupId;
};
export type TraceRule =
  | 'by hand'
  | 'already responsible'
  | 'automatic distribution'
  | 'waiting line'
  | "customer's owner"
  | 'keyword'
  | 'sequential'
  | 'random';
export type Candidate = { agent: AgentId; taken: boolean; why: CandidateReason };
export type CandidateReason =
  | 'chosen'
  | 'next in turn'
  | 'later in turn'
  | 'drawn'
  | 'not drawn'
  | 'is responsible'
  | 'owns the customer'
  | 'disabled'
  | 'does not receive this kind'
  | 'offline'
  | 'is away'
  | 'has no place free'
  | 'was in charge during this wait'
  | 'not in the team';

export type AssignmentDecision = {
  events: SessionEvent[];
  refused: Refusal | null;
  trace: Trace;
  /** The rotation that the pick moves on; null = nobody was picked by the mode. */
  picked: { rotation: string; agent: AgentId } | null;
  /** The customer's owner from now on (R11); null = whoever it is already. */
  newOwner: AgentId | null;
};

/** R11: however somebody is put in charge, where the channel says so they become the customer's owner. */
export function newOwner(event: SessionEvent, rules: AssignmentRules): AgentId | null {
  return event.type === 'Assigned' && rules.transferOwner ? event.agent : null;
}

/** Who gets the session. The order of the rules is R10's; by hand the rules are not asked. */
export function decideAssignment(
  ask: AssignAsk,
  session: Session,
  facts: AssignmentFacts,
  now: Instant,
): AssignmentDecision {
  const decided = decideBy({ ask, session, facts, now });
  const owners = decided.events.map((event) => newOwner(event, facts.rules));
  return { ...decided, newOwner: owners.find((owner) => owner !== null) ?? null };
}

function decideBy(question: Question): Decided {
  const { ask, session, facts, now } = question;
  if (ask.to !== null) return byHand(question, ask.to);
  const found = findByRules(ask, facts, {
    responsible: session.lastAssignee ?? facts.previous,
    waitsSince: isOpen(session) ? waitsSince(session, now) : now,
    tried: triedBy(session),
  });
  return concluded(question, found);
}

type Decided = Omit<AssignmentDecision, 'newOwner'>;
type Question = { ask: AssignAsk; session: Session; facts: AssignmentFacts; now: Instant };

function byHand({ ask, session, facts, now }: Question, wanted: AgentId[]): Decided {
  const judged = wanted.map((agent) => judgeByHand(agent, facts));
  const chosen = judged.find((candidate) => candidate.taken);
  // Who comes after the chosen one is not asked.
  const candidates = chosen === undefined ? judged : judged.slice(0, judged.indexOf(chosen) + 1);
  const steps: TraceStep[] = [{ rule: 'by hand', result: chosen?.agent ?? 'nobody', candidates }];
  const before = cursorOf(facts, WHOLE_POOL);
  const trace = { steps, cursor: { before, after: before } };
  return chosen === undefined
    ? { events: [], refused: { code: 'NOT_IN_TEAM' }, trace, picked: null }
    : {
        events: [assigned(ask, session, chosen.agent, now)],
        refused: null,
        trace,
        picked: null,
      };
}

/** Presence and switches do not matter by hand (R34); being of the team does. */
function judgeByHand(agent: AgentId, { team }: AssignmentFacts): Candidate {
  const against = whyNotOfTeam(agent, team);
  return { agent, taken: against === null, why: against ?? 'chosen' };
}

function concluded(question: Question, found: Found): Decided {
  const { ask, session, facts, now } = question;
  const { steps, picked } = found;
  const before = cursorOf(facts, picked?.rotation ?? WHOLE_POOL);
  const trace = { steps, cursor: { before, after: picked?.agent ?? before } };
  if (found.agent !== null) {
    const events = [assigned(ask, session, found.agent, now)];
    return { events, refused: null, trace, picked };
  }
  // Somebody waits for the answer: nothing happens to the session.
  if (ask.group !== null)
    return { events: [], refused: { code: found.refusal }, trace, picked: null };
  return { events: nobody(question, found.cause), refused: null, trace, picked: null };
}

function cursorOf({ cursors }: AssignmentFacts, rotation: string): AgentId | null {
  return cursors[rotation] ?? null;
}

function assigned(ask: AssignAsk, session: Session, agent: AgentId, at: Instant): SessionEvent {
  const from = isOpen(session) ? session.assignee : null;
  const { how, by } = ask;
  return { type: 'Assigned', at, no: session.assignments + 1, agent, how, by, from };
}

/** R44: a time-out that finds nobody leaves the session where it is and tells the admins, once per wait. */
function nobody({ ask, session, now: at }: Question, cause: NotAssignedCause): SessionEvent[] {
  const no = session.assignments + 1;
  const events: SessionEvent[] = [{ type: 'NotAssigned', at, no, how: ask.how, cause }];
  const toldBefore = isOpen(session) && session.wait?.escalated === true;
  if (ask.how === 'timeout' && !toldBefore) events.push({ type: 'Escalated', at, cause });
  return events;
}
