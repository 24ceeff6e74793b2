/**
 * What statistics count (R40): rounds with their first answer and handling time, waits with what became of their
 * deadline. A pure fold of the session's events, so that what was written turn by turn can be made anew from them.
 */
import type { AgentId } from './ids.ts';
import type { Instant } from './instant.ts';
import { mergeRound, mergeWait, outcomeOf } from './facts-merge.ts';
import { responseDueAt } from './session/clocks.ts';
import type { DoneCause, OpeningCause, SessionEvent } from './session/event.ts';
import { evolve } from './session/evolve.ts';
import { isOpen, type OpenSession, type Session } from './session/session.ts';

/** A round, as far as it is told: what is null has not happened, or was told before. */
export type RoundFacts = {
  no: number;
  openedAt: Instant | null;
  openedBy: OpeningCause | null;
  firstCustomerAt: Instant | null;
  firstAssignedAt: Instant | null;
  firstAssignee: AgentId | null;
  /** When the first answer was sent; it counts only after the first customer's message. */
  firstAnswerAt: Instant | null;
  firstAnswerBy: AgentId | null;
  doneAt: Instant | null;
  doneCause: DoneCause | null;
  doneBy: AgentId | null;
  /** In charge when it was done; while it runs: by now. */
  assignee: AgentId | null;
};

export type WaitFacts = {
  no: number;
  round: number;
  startedAt: Instant;
  /** The deadline that stands, or stood at the end; a missed one stays. Null = none. */
  dueAt: Instant | null;
  endedAt: Instant | null;
  endedBy: 'answered' | 'done' | 'removed' | null;
  /** Null while it runs, unless the deadline was missed already. */
  outcome: DeadlineOutcome | null;
  assignee: AgentId | null;
  answeredBy: AgentId | null;
};

export type DeadlineOutcome = 'met' | 'missed' | 'none';
export type Facts = { rounds: RoundFacts[]; waits: WaitFacts[] };

export type ToldFacts = Facts & {
  /** An answer was accepted late: whom it counts for is only certain when all since then is known. */
  looksBackTo: Instant | null;
};

type Ledger = {
  rounds: Map<number, RoundFacts>;
  waits: Map<number, WaitFacts>;
  touched: { rounds: Set<number>; waits: Set<number> };
  looksBackTo: Instant | null;
  /** The newest answer: it stands right before the end of the wait that it answers. */
  answer: StaffAnswered | null;
};

type StaffAnswered = SessionEvent & { type: 'StaffAnswered' };

/**
 * The rounds and waits that a turn's events concern, to be merged into what was told of them before.
 * @param known rows as they are stored; needed only as far back as `looksBackTo` of the same events says
 */
export function factsOf(
  before: Session,
  events: readonly SessionEvent[],
  known: Facts = { rounds: [], waits: [] },
): ToldFacts {
  const ledger: Ledger = {
    rounds: new Map(known.rounds.map((round) => [round.no, round])),
    waits: new Map(known.waits.map((wait) => [wait.no, wait])),
    touched: { rounds: new Set(), waits: new Set() },
    looksBackTo: null,
    answer: null,
  };
  let session = before;
  for (const event of events) {
    const after = evolve(session, event);
    record(ledger, event, session, after);
    session = after;
  }
  const { rounds, waits, touched, looksBackTo } = ledger;
  return {
    rounds: [...touched.rounds].flatMap((no) => rounds.get(no) ?? []),
    waits: [...touched.waits].flatMap((no) => waits.get(no) ?? []),
    looksBackTo,
  };
}

function record(ledger: Ledger, event: SessionEvent, before: Session, after: Session): void {
  if (event.type === 'StaffAnswered') return recordAnswer(ledger, event, before, after);
  if (isOpen(before)) recordEnd(ledger, event, before);
  if (!isOpen(after)) return;
  const told = firstsOf(event, after);
  if (told !== null) sayRound(ledger, { ...roundOf(after), ...told });
  if (!isSame(before, after)) sayServing(ledger, after);
}

/** What only the event knows of a round; null = nothing. */
function firstsOf(event: SessionEvent, after: OpenSession): Partial<RoundFacts> | null {
  switch (event.type) {
    case 'Opened':
      return { openedAt: event.at, openedBy: event.cause };
    case 'WaitStarted':
      return { firstCustomerAt: after.wait?.startedAt ?? null };
    case 'Assigned':
      return { firstAssignedAt: event.at, firstAssignee: event.agent };
    default:
      return null;
  }
}

function recordEnd(ledger: Ledger, event: SessionEvent, before: OpenSession): void {
  if (event.type === 'WaitEnded') endWait(ledger, before, event.cause, event.endedAt);
  if (event.type !== 'MarkedDone') return;
  endWait(ledger, before, 'done', event.at);
  const { at: doneAt, cause: doneCause, by: doneBy } = event;
  sayRound(ledger, { ...roundOf(before), doneAt, doneCause, doneBy });
}

function endWait(
  ledger: Ledger,
  session: OpenSession,
  endedBy: NonNullable<WaitFacts['endedBy']>,
  endedAt: Instant,
): void {
  const wait = waitOf(session);
  if (wait === null) return;
  const answeredBy = endedBy === 'answered' ? (ledger.answer?.agent ?? null) : null;
  const outcome = outcomeOf(wait.dueAt, endedBy, endedAt);
  sayRound(ledger, roundOf(session));
  sayWait(ledger, { ...wait, endedAt, endedBy, outcome, answeredBy });
}

function recordAnswer(ledger: Ledger, event: StaffAnswered, before: Session, after: Session): void {
  ledger.answer = event;
  const { sentAt: firstAnswerAt, agent: firstAnswerBy } = event;
  if (!isOpen(before)) return lookBack(ledger, event, null);
  if (unanswered(after) < unanswered(before))
    return sayRound(ledger, { ...roundOf(before), firstAnswerAt, firstAnswerBy });
  // Sent when an answer was the last message already: it is the first of nothing.
  const follows = before.closeFrom !== null && before.closeFrom <= event.sentAt;
  if (!follows) lookBack(ledger, event, before);
}

/**
 * An answer that ended no wait: accepted after Done, perhaps in the next round, or beside a wait that began later. It
 * counts for the round in which it was sent, and for the wait there that went on unanswered because nobody knew.
 */
function lookBack(ledger: Ledger, { sentAt, agent }: StaffAnswered, now: OpenSession | null): void {
  ledger.looksBackTo = Math.min(ledger.looksBackTo ?? sentAt, sentAt);
  const round = [...ledger.rounds.values()]
    .sort((a, b) => a.no - b.no)
    .find(({ openedAt, doneAt }) => isWithin(sentAt, openedAt, doneAt));
  if (round?.firstCustomerAt == null || round.firstCustomerAt > sentAt) return;
  // The round's first customer's message still waits: the answer was on its way before it.
  if (now?.round === round.no && now.wait?.startedAt === round.firstCustomerAt) return;
  if (round.firstAnswerAt === null || sentAt < round.firstAnswerAt)
    sayRound(ledger, { ...round, firstAnswerAt: sentAt, firstAnswerBy: agent });
  for (const wait of ledger.waits.values()) {
    const { startedAt, endedAt, endedBy, dueAt } = wait;
    const isUnanswered = endedBy === 'done' || endedBy === 'removed';
    if (wait.round !== round.no || !isUnanswered || !isWithin(sentAt, startedAt, endedAt)) continue;
    const outcome = outcomeOf(dueAt, 'answered', sentAt);
    sayWait(ledger, { ...wait, endedAt: sentAt, endedBy: 'answered', outcome, answeredBy: agent });
  }
}

function isWithin(at: Instant, from: Instant | null, to: Instant | null): boolean {
  return from !== null && from <= at && (to === null || at <= to);
}

function unanswered(session: Session): number {
  return isOpen(session) ? (session.wait?.unanswered.length ?? 0) : 0;
}

/** Whether nothing has changed of what a running round and wait tell of the session. */
function isSame(before: Session, after: OpenSession): boolean {
  if (!isOpen(before) || before.round !== after.round) return false;
  const [was, is] = [waitOf(before), waitOf(after)];
  return (
    before.assignee === after.assignee &&
    (is === null || (was?.no === is.no && was.dueAt === is.dueAt && was.outcome === is.outcome))
  );
}

function sayServing(ledger: Ledger, session: OpenSession): void {
  sayRound(ledger, roundOf(session));
  const wait = waitOf(session);
  if (wait !== null) sayWait(ledger, wait);
}

function sayRound(ledger: Ledger, said: RoundFacts): void {
  ledger.rounds.set(said.no, mergeRound(ledger.rounds.get(said.no), said));
  ledger.touched.rounds.add(said.no);
}

function sayWait(ledger: Ledger, said: WaitFacts): void {
  ledger.waits.set(said.no, mergeWait(ledger.waits.get(said.no), said));
  ledger.touched.waits.add(said.no);
}

function roundOf({ round: no, assignee }: OpenSession): RoundFacts {
  return {
    no,
    openedAt: null,
    openedBy: null,
    firstCustomerAt: null,
    firstAssignedAt: null,
    firstAssignee: null,
    firstAnswerAt: null,
    firstAnswerBy: null,
    doneAt: null,
    doneCause: null,
    doneBy: null,
    assignee,
  };
}

function waitOf(session: OpenSession): WaitFacts | null {
  const { wait, round, assignee } = session;
  if (wait === null) return null;
  return {
    no: wait.no,
    round,
    startedAt: wait.startedAt,
    dueAt: responseDueAt(session),
    endedAt: null,
    endedBy: null,
    outcome: wait.overdueAt === null ? null : 'missed',
    assignee,
    answeredBy: null,
  };
}
