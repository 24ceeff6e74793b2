import type { Trace } from '../assignment.ts';
import type { RecordedSession } from './compare.ts';
import type { AgentId, SessionId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { NotAssignedCause, SessionEvent } from '../session/event.ts';
import { evolve } from '../session/evolve.ts';
import { isOpen, NEW_SESSION, type Session } from '../session/session.ts';

/** Why nobody has a session. */
export type NotStandingCause = NotAssignedCause | 'unassigned by hand' | 'not asked';

/** With whom an open round stands. */
export type Standing = {
  openedAt: Instant;
  agent: AgentId | null;
  /** If nobody: why. */
  why: NotStandingCause;
  /** Of the rules' last decision in the round. */
  trace: Trace | null;
};

/** A session in a replay. */
export type Known = {
  recorded: RecordedSession;
  session: Session;
  openedAt: Instant;
  /** The customer opened it, and the rules have not said yet who gets it: R4 counts. */
  isOpening: boolean;
  why: NotStandingCause;
  trace: Trace | null;
};

/** The sessions of a replay, as far as it has come. */
export type Book = {
  of(recorded: RecordedSession): Known;
  find(id: SessionId): Known | undefined;
  apply(known: Known, event: SessionEvent): void;
  standing(id: SessionId): Standing | null;
  open(): SessionId[];
};

/** @param moved told of each session that was changed by an event */
export function createBook(
  moved: (known: Known, before: Session, event: SessionEvent) => void,
): Book {
  const sessions = new Map<SessionId, Known>();
  return {
    of(recorded) {
      const found = sessions.get(recorded.id);
      if (found !== undefined) return found;
      const known = begin(recorded);
      sessions.set(recorded.id, known);
      return known;
    },
    find: (id) => sessions.get(id),
    apply(known, event) {
      const before = known.session;
      known.session = evolve(before, event);
      note(known, event);
      moved(known, before, event);
    },
    standing(id) {
      const known = sessions.get(id);
      if (known === undefined || !isOpen(known.session)) return null;
      const { openedAt, why, trace } = known;
      return { openedAt, agent: known.session.assignee, why, trace };
    },
    open: () =>
      [...sessions.values()]
        .filter(({ session }) => isOpen(session))
        .map(({ recorded }) => recorded.id),
  };
}

function begin(recorded: RecordedSession): Known {
  return {
    recorded,
    session: { ...NEW_SESSION, lastAssignee: recorded.lastAssignee },
    openedAt: 0,
    isOpening: false,
    why: 'not asked',
    trace: null,
  };
}

function note(known: Known, event: SessionEvent): void {
  switch (event.type) {
    case 'Opened':
      known.openedAt = event.at;
      known.isOpening = event.cause === 'customer';
      known.why = 'not asked';
      known.trace = null;
      return;
    case 'Assigned':
      known.isOpening = false;
      return;
    case 'NotAssigned':
      known.isOpening = false;
      if (event.how !== 'timeout') known.why = event.cause;
      return;
    case 'Unassigned':
      if (event.cause === 'by hand') known.why = 'unassigned by hand';
      return;
    case 'MarkedDone':
      // Traces are long, and nobody asks for that of a round that has ended.
      known.trace = null;
      return;
    default:
      return;
  }
}
