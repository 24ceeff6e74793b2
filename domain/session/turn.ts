import type { AgentId, CommandId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { needsOf, type Need } from '../permission.ts';
import { isNewer, type Policy } from '../policy.ts';
import type { Refusal } from '../refusal.ts';
import { byRules, type Ask } from './ask.ts';
import { runningClocks, tellNext, warningDueAt } from './clocks.ts';
import { decide } from './decide.ts';
import type { Entry } from './entry.ts';
import type { SessionEvent } from './event.ts';
import { evolve } from './evolve.ts';
import { isOpen, type Session } from './session.ts';
import { followSends } from './sends.ts';

/** What a session does in one go, to be committed whole. */
export type Turn = {
  /** The session after `events`; an answered question adds more. */
  session: Session;
  events: SessionEvent[];
  /** What became of the agents' commands and replies of this turn, but for one that the question decides. */
  outcomes: Outcome[];
  /** Who acted on whose session, for the commit to check their rights once more. */
  actors: Actor[];
  ask: Ask | null;
  /** Entries taken in, the fruitless ones included. */
  taken: number;
};

export type Outcome = { commandId: CommandId; refused: Refusal | null };
export type Actor = {
  seq: number;
  agent: AgentId;
  /** Whose session it was, and who helped. */
  assignee: AgentId | null;
  supporters: AgentId[];
  needs: Need;
};

export type TurnInput = {
  /** The newest entries in order, without those that were applied before. */
  entries: readonly Entry[];
  /** Settings newer than the session's, if there are any. */
  policy: Policy | null;
  /** Places in the journal whose agents turned out to have no right (any more) to act here. */
  denied: readonly number[];
  now: Instant;
};

/**
 * One turn: the entries in order until one asks a question; without a question then what is due by time.
 * Pure and total: the same input gives the same turn, whenever and wherever it runs.
 */
export function takeTurn(start: Session, input: TurnInput): Turn {
  const turn: Turn = {
    session: start,
    events: [],
    outcomes: [],
    actors: [],
    ask: null,
    taken: 0,
  };
  if (input.policy !== null && isNewer(input.policy, start.policy))
    changePolicy(turn, input.policy, input.now);
  for (const entry of input.entries) {
    if (turn.ask !== null) break;
    takeEntry(turn, entry, input);
  }
  if (turn.ask === null) turn.ask = followClocks(turn, input.now);
  if (turn.ask === null) {
    apply(turn, followSends(turn.session, input.now));
    finishClose(turn, input.now);
  }
  return turn;
}

/** Nothing taken in and nothing happened: there is nothing to commit. */
export function isIdle(turn: Turn): boolean {
  return turn.taken === 0 && turn.events.length === 0 && turn.ask === null;
}

/**
 * The rest of a turn once its question is answered: the answer, then the outgoing messages that may begin.
 * @returns the events that follow, the answer's included, and the session after them
 */
export function conclude(
  session: Session,
  answer: readonly SessionEvent[],
  now: Instant,
): { session: Session; events: SessionEvent[] } {
  const answered = answer.reduce(evolve, session);
  const sends = followSends(answered, now);
  return { session: sends.reduce(evolve, answered), events: [...answer, ...sends] };
}

/**
 * Closing and Done may only be committed on the newest state of affairs: no entry may stand behind the applied
 * ones. Else a message that came just before would lie unseen in a Done session.
 */
export function needsTip(events: readonly SessionEvent[], after: Session): boolean {
  if (after.status === 'open') return false;
  return events.some((event) => event.type === 'MarkedDone' || event.type === 'CloseStarted');
}

function takeEntry(turn: Turn, entry: Entry, input: TurnInput): void {
  tellTime(turn, entry.at, input.now);
  const { session } = turn;
  const actor = actorOf(session, entry);
  const assignee = isOpen(session) ? session.assignee : null;
  const decision =
    actor !== null && input.denied.includes(entry.seq)
      ? { refused: denial(assignee) }
      : decide(session, entry, input.now);
  turn.taken += 1;
  if ('refused' in decision) {
    if ('commandId' in entry)
      turn.outcomes.push({ commandId: entry.commandId, refused: decision.refused });
  } else {
    if (actor !== null) turn.actors.push(actor);
    apply(turn, decision.events);
    turn.ask = decision.ask ?? null;
    if ('commandId' in entry && turn.ask?.commandId !== entry.commandId)
      turn.outcomes.push({ commandId: entry.commandId, refused: null });
  }
  turn.session = { ...turn.session, lastSeq: entry.seq };
}

function actorOf(session: Session, entry: Entry): Actor | null {
  if (entry.kind !== 'reply' && entry.kind !== 'command') return null;
  const { assignee } = session;
  const supporters = isOpen(session) ? session.supporters : [];
  const needs = entry.kind === 'command' ? needsOf(entry.command) : 'act';
  return { seq: entry.seq, agent: entry.agent, assignee, supporters, needs };
}

/** The end of a snooze moves the clocks behind it: each is looked for anew. */
function tellTime(turn: Turn, upTo: Instant, now: Instant): void {
  for (;;) {
    const event = tellNext(turn.session, upTo, now);
    if (event === null) return;
    apply(turn, [event]);
  }
}

function denial(assignee: AgentId | null): Refusal {
  return assignee === null ? { code: 'NOT_IN_TEAM' } : { code: 'TAKEN', assignee };
}

/**
 * Whatever became of the closing text, done follows, and what became of it is recorded (R43). Only after all
 * entries: what came in before Done is committed keeps the session open.
 */
function finishClose(turn: Turn, at: Instant): void {
  const { session } = turn;
  if (session.status !== 'closing' || session.closingEnd === null) return;
  const closingText = session.closingEnd.fate;
  apply(turn, [{ type: 'MarkedDone', at, cause: 'clock', by: null, closingText }]);
}

/** R17: a change re-times the clocks that run; a deadline that was missed stays missed. */
function changePolicy(turn: Turn, policy: Policy, now: Instant): void {
  apply(turn, [{ type: 'PolicyChanged', at: now, policy }]);
  const { session } = turn;
  if (!isOpen(session) || session.wait?.warnedAt == null || session.wait.overdueAt !== null) return;
  const warningAt = warningDueAt(session);
  if (warningAt === null || warningAt > now) apply(turn, [{ type: 'WarningLifted', at: now }]);
}

function followClocks(turn: Turn, now: Instant): Ask | null {
  tellTime(turn, now, now);
  const { session } = turn;
  const due = runningClocks(session).find(
    ({ clock, at }) => at <= now && (clock === 'close' || clock === 'reassign'),
  );
  if (due === undefined || !isOpen(session)) return null;
  if (due.clock === 'close') return { ask: 'close', dueAt: due.at };
  return byRules({ how: 'timeout', exclude: session.wait?.tried ?? [] });
}

function apply(turn: Turn, events: readonly SessionEvent[]): void {
  turn.events.push(...events);
  turn.session = events.reduce(evolve, turn.session);
}
