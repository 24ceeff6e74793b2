/** How what is newly told of a round or wait is merged into what was told before. db/facts-rows.ts does the same in SQL. */
import type { DeadlineOutcome, RoundFacts, WaitFacts } from './facts.ts';
import type { Instant } from './instant.ts';

/** Of a first moment the earliest stays; what ended stays ended; of the rest the newer counts. */
export function mergeRound(told: RoundFacts | undefined, said: RoundFacts): RoundFacts {
  if (told === undefined) return said;
  const isFirstAnswer = isEarlier(said.firstAnswerAt, told.firstAnswerAt);
  const isFirstAssigned = isEarlier(said.firstAssignedAt, told.firstAssignedAt);
  return {
    no: said.no,
    openedAt: told.openedAt ?? said.openedAt,
    openedBy: told.openedBy ?? said.openedBy,
    firstCustomerAt: isEarlier(said.firstCustomerAt, told.firstCustomerAt)
      ? said.firstCustomerAt
      : told.firstCustomerAt,
    firstAssignedAt: isFirstAssigned ? said.firstAssignedAt : told.firstAssignedAt,
    firstAssignee: isFirstAssigned ? said.firstAssignee : told.firstAssignee,
    firstAnswerAt: isFirstAnswer ? said.firstAnswerAt : told.firstAnswerAt,
    firstAnswerBy: isFirstAnswer ? said.firstAnswerBy : told.firstAnswerBy,
    doneAt: said.doneAt ?? told.doneAt,
    doneCause: said.doneCause ?? told.doneCause,
    doneBy: said.doneBy ?? told.doneBy,
    assignee: said.assignee,
  };
}

/**
 * A missed deadline stays missed, whatever deadline runs after it, but for an end that is told of that very deadline:
 * an answer may have been sent in time and heard of later.
 */
export function mergeWait(told: WaitFacts | undefined, said: WaitFacts): WaitFacts {
  if (told === undefined) return said;
  const wasMissed = told.outcome === 'missed';
  const staysMissed = wasMissed && (said.endedAt === null || said.dueAt !== told.dueAt);
  return {
    ...said,
    dueAt: wasMissed ? told.dueAt : said.dueAt,
    endedAt: said.endedAt ?? told.endedAt,
    endedBy: said.endedBy ?? told.endedBy,
    outcome: staysMissed ? 'missed' : said.outcome,
    answeredBy: said.answeredBy ?? told.answeredBy,
  };
}

/** What became of the deadline of a wait that ends (R40): an answer meets or misses it; Done before it does neither. */
export function outcomeOf(
  dueAt: Instant | null,
  endedBy: NonNullable<WaitFacts['endedBy']>,
  endedAt: Instant,
): DeadlineOutcome {
  if (dueAt === null) return 'none';
  if (endedBy === 'answered') return endedAt <= dueAt ? 'met' : 'missed';
  return dueAt <= endedAt ? 'missed' : 'none';
}

function isEarlier(said: Instant | null, told: Instant | null): boolean {
  return said !== null && (told === null || said < told);
}
