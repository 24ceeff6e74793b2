/** What must hold of every session at rest, whatever was done to it. Each check says in a sentence what is broken. */
import { isDeepStrictEqual } from 'node:util';
import { factsOf, type Facts } from '#domain/facts.ts';
import { nextDueAt, responseDueAt } from '#domain/session/clocks.ts';
import { evolve } from '#domain/session/evolve.ts';
import { isOpen, NEW_SESSION, type Session } from '#domain/session/session.ts';
import { clocksOnce, clocksOverlookNothing, doneOnlyWhatWasSeen } from './invariants-events.ts';
import { outgoingIsHonest } from './invariants-outgoing.ts';
import type { SessionFacts } from './facts.ts';

export type Violation = { session: string; check: string; what: string };

/** @returns what is broken; nothing when all is well */
type Check = (facts: SessionFacts) => string[];

const checks: Record<string, Check> = {
  'state = fold of session_event': stateIsFold,
  'state = the workflow’s view': stateIsView,
  'columns show the state': columnsShowState,
  'what statistics count = fold of session_event': countedIsFold,
  'the journal is whole and applied': journalIsApplied,
  'every message of the customer is there once, in order': messagesAreWhole,
  'every entry was taken in once': entriesTakenOnce,
  'assignment rows = Assigned events': assignmentsFit,
  'every accepted command has an outcome': commandsSettled,
  'nothing unanswered is Done unseen': doneOnlyWhatWasSeen,
  'each clock tells once per wait': clocksOnce,
  'the clocks overlook nothing': clocksOverlookNothing,
  'outgoing messages arrive once and say so': outgoingIsHonest,
};

/** Holds all checks against sessions at rest. */
export function findViolations(all: readonly SessionFacts[]): Violation[] {
  return all.flatMap((facts) =>
    Object.entries(checks).flatMap(([check, find]) =>
      find(facts).map((what) => ({ session: facts.id, check, what })),
    ),
  );
}

function stateIsFold({ events, state }: SessionFacts): string[] {
  const folded = events.reduce(evolve, NEW_SESSION);
  return sameState(folded, state) ? [] : [differ('fold', folded, 'state', state)];
}

function stateIsView({ status, state, view }: SessionFacts): string[] {
  if (status === 'done') return [];
  if (view === null) return ['it is open, but no workflow runs'];
  const isSame = isDeepStrictEqual(plain(view.session), plain(state)) && view.waiting === 0;
  return isSame ? [] : [differ('view', view, 'state', state)];
}

/** `lastSeq` says how far the journal was applied; entries without consequences leave no event. */
function sameState(a: Session, b: Session | null): boolean {
  return b !== null && isDeepStrictEqual(plain({ ...a, lastSeq: 0 }), plain({ ...b, lastSeq: 0 }));
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function differ(nameA: string, a: unknown, nameB: string, b: unknown): string {
  return `${nameA} ${JSON.stringify(a)} but ${nameB} ${JSON.stringify(b)}`;
}

function columnsShowState(facts: SessionFacts): string[] {
  const { state } = facts;
  if (state === null) return ['it has no state'];
  const open = isOpen(state) ? state : null;
  const wanted = {
    status: state.status,
    assignee: state.assignee,
    round: state.round,
    waitingSince: open?.wait?.startedAt ?? null,
    warnedAt: open?.wait?.warnedAt ?? null,
    overdueAt: open?.wait?.overdueAt ?? null,
    supporters: open?.supporters ?? [],
    snoozedUntil: open?.snoozedUntil ?? null,
    inLineSince: open?.inLineSince ?? null,
    dueAt: open === null ? null : responseDueAt(open),
    nextDueAt: nextDueAt(state),
    lastAssignee: state.lastAssignee,
    ...closeOf(facts),
    appliedSeq: state.lastSeq,
  };
  const found = {
    status: facts.status,
    assignee: facts.assignee,
    round: facts.round,
    waitingSince: facts.waitingSince?.getTime() ?? null,
    warnedAt: facts.warnedAt?.getTime() ?? null,
    overdueAt: facts.overdueAt?.getTime() ?? null,
    supporters: facts.supporters,
    snoozedUntil: facts.snoozedUntil?.getTime() ?? null,
    inLineSince: facts.inLineSince?.getTime() ?? null,
    dueAt: facts.dueAt?.getTime() ?? null,
    nextDueAt: facts.nextDueAt?.getTime() ?? null,
    lastAssignee: facts.lastAssignee,
    closedAt: facts.closedAt?.getTime() ?? null,
    closedBy: facts.closedBy,
    appliedSeq: facts.appliedSeq,
  };
  return isDeepStrictEqual(wanted, found) ? [] : [differ('state', wanted, 'columns', found)];
}

/** Who closed it and when, as long as it is Done (R37). */
function closeOf({ status, events }: SessionFacts) {
  const done = status === 'done' ? events.findLast(({ type }) => type === 'MarkedDone') : undefined;
  return done?.type === 'MarkedDone'
    ? { closedAt: done.at, closedBy: done.by }
    : { closedAt: null, closedBy: null };
}

function countedIsFold({ events, counted }: SessionFacts): string[] {
  const { rounds, waits } = factsOf(NEW_SESSION, events);
  const byNo = (a: { no: number }, b: { no: number }) => a.no - b.no;
  const ordered = (facts: Facts) => ({
    rounds: facts.rounds.toSorted(byNo),
    waits: facts.waits.toSorted(byNo),
  });
  const folded = ordered({ rounds, waits });
  const stored = ordered(counted);
  return isDeepStrictEqual(plain(folded), plain(stored))
    ? []
    : [differ('fold', folded, 'rows', stored)];
}

function journalIsApplied(facts: SessionFacts): string[] {
  const { journal, lastSeq, appliedSeq, startSeq, status } = facts;
  const seqs = journal.map((entry) => entry.seq);
  const broken: string[] = [];
  if (
    !isDeepStrictEqual(
      seqs,
      Array.from({ length: lastSeq }, (_, index) => index + 1),
    )
  )
    broken.push(`journal ${seqs.join(' ')} but last_seq ${lastSeq}`);
  if (status === 'done' ? startSeq > appliedSeq : lastSeq !== appliedSeq)
    broken.push(`${status}, applied ${appliedSeq} of ${lastSeq}, newest starting fact ${startSeq}`);
  return broken;
}

function messagesAreWhole({ thread, messages }: SessionFacts): string[] {
  const written = thread.filter((message) => message.from === 'customer').map(({ mid }) => mid);
  const stored = messages.filter(({ direction }) => direction === 'in').map(({ mid }) => mid);
  // A conversation that was not played in the sandbox is checked by who played it.
  if (written.length === 0) return [];
  return isDeepStrictEqual(written, stored)
    ? []
    : [`written ${written.length}: ${short(written)}; stored ${stored.length}: ${short(stored)}`];
}

function short(mids: readonly (string | null)[]): string {
  return mids.map((mid) => mid?.slice(0, 8)).join(' ');
}

function entriesTakenOnce({ journal, events, commands, appliedSeq }: SessionFacts): string[] {
  return journal.flatMap((entry) => {
    const { seq, kind } = entry;
    if (seq > appliedSeq || (kind !== 'customer_message' && kind !== 'reply')) return [];
    const type = kind === 'reply' ? 'ReplyQueued' : 'MessageReceived';
    const times = events.filter((event) => event.type === type && event.seq === seq).length;
    const refused = commands.some((one) => one.seq === seq && one.state === 'refused');
    return times === (refused ? 0 : 1) ? [] : [`${kind} ${seq} gave ${times} ${type}`];
  });
}

function assignmentsFit({ events, assignments, state }: SessionFacts): string[] {
  const decided = events.flatMap((event) =>
    event.type === 'Assigned' || event.type === 'NotAssigned'
      ? [{ no: event.no, how: event.how, agent: event.type === 'Assigned' ? event.agent : null }]
      : [],
  );
  const broken: string[] = [];
  const rows = assignments.map(({ no, how, agent }) => ({ no, how, agent }));
  if (!isDeepStrictEqual(decided, rows)) broken.push(differ('events', decided, 'rows', rows));
  const numbers = decided.map(({ no }) => no);
  if (
    !isDeepStrictEqual(
      numbers,
      [...numbers.keys()].map((index) => index + 1),
    )
  )
    broken.push(`numbers ${numbers.join(' ')}`);
  const last = events.findLast(({ type }) => ['Assigned', 'Unassigned', 'Opened'].includes(type));
  const inCharge = last?.type === 'Assigned' ? last.agent : null;
  if (state !== null && state.assignee !== inCharge)
    broken.push(`in charge ${state.assignee}, but the last event says ${inCharge}`);
  return broken;
}

function commandsSettled({ commands }: SessionFacts): string[] {
  return commands.flatMap(({ id, type, state, code }) => {
    if (state === 'pending') return [`${type} ${id} has no outcome`];
    return state === 'refused' && code === null ? [`${type} ${id} was refused without a code`] : [];
  });
}
