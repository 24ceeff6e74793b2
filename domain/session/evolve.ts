import type { SessionEvent } from './event.ts';
import { evolveSends, newSend } from './evolve-sends.ts';
import {
  isOpen,
  isReached,
  waitsSince,
  type OpenSession,
  type Session,
  type Wait,
} from './session.ts';
import { upcastPolicy } from './upcast.ts';

/** A spammer must not fill the workflow's state; between the first and the newest nothing is decided by one message. */
const MAX_UNANSWERED = 200;

/** The session after an event. Total: an event is never refused, and one that makes no sense changes nothing. */
export function evolve(session: Session, event: SessionEvent): Session {
  switch (event.type) {
    case 'PolicyChanged':
      return { ...session, policy: upcastPolicy(event.policy) };
    case 'Opened':
      return opened(session, event);
    case 'ReplyQueued':
    case 'AttemptRecorded':
    case 'SettlementAsked':
    case 'SendRequeued':
    case 'SendDoubtful':
    case 'LookedAt':
    case 'SendAccepted':
    case 'SendFailed':
    case 'SendUnconfirmed':
    case 'SendWithdrawn':
      return evolveSends(session, event);
    case 'NotAssigned':
      return notAssigned({ ...session, assignments: event.no }, event);
    default:
      return isOpen(session) ? evolveOpen(session, event) : session;
  }
}

function opened(session: Session, event: SessionEvent & { type: 'Opened' }): Session {
  return {
    ...lasting(session),
    round: event.round,
    status: 'open',
    assignee: null,
    assignedAt: null,
    inChargeSince: null,
    inLineSince: null,
    supporters: [],
    snoozedUntil: null,
    awakeSince: null,
    wait: null,
    closeFrom: null,
  };
}

function evolveOpen(session: OpenSession, event: SessionEvent): Session {
  switch (event.type) {
    case 'MessageReceived':
      return received(session, event);
    case 'WaitStarted':
      return {
        ...session,
        waits: event.no,
        closeFrom: null,
        wait: {
          no: event.no,
          startedAt: event.unanswered[0]?.[1] ?? event.at,
          unanswered: event.unanswered,
          tried: session.assignee === null ? [] : [session.assignee],
          warnedAt: null,
          overdueAt: null,
          exhausted: false,
          escalated: false,
        },
      };
    case 'MessageRemoved':
      return keepUnanswered(session, ([seq]) => seq !== event.seq);
    case 'StaffAnswered':
      return answered(session, event);
    case 'WaitEnded':
      return { ...session, wait: null };
    case 'ForeignMessage':
      return { ...session, closeFrom: null };
    case 'Assigned':
      return assigned(session, event);
    case 'Unassigned':
      return {
        ...session,
        assignee: null,
        assignedAt: null,
        inChargeSince: null,
        inLineSince: null,
        wait: session.wait && { ...session.wait, warnedAt: null, overdueAt: null },
      };
    case 'SupportersChanged':
      return { ...session, supporters: event.supporters };
    case 'Snoozed':
      return { ...session, snoozedUntil: event.until };
    case 'Woken':
      return woken(session, event);
    case 'Escalated':
      return withWait(session, { escalated: true });
    case 'Warned':
      return withWait(session, { warnedAt: event.at });
    case 'WarningLifted':
      return withWait(session, { warnedAt: null });
    case 'Overdue':
      return withWait(session, { overdueAt: event.dueAt });
    case 'CloseStarted':
      return closing(session, event);
    case 'CloseCancelled':
      return closeCancelled(session);
    case 'MarkedDone':
      return {
        ...lasting(session),
        status: 'done',
        doneAt: event.at,
        assignee: session.assignee,
      };
    default:
      return session;
  }
}

function received(session: OpenSession, event: SessionEvent & { type: 'MessageReceived' }) {
  const next = { ...session, lastCustomerSeq: event.seq, closeFrom: null };
  if (session.wait === null) return next;
  const [first, ...rest] = [...session.wait.unanswered, [event.seq, event.at] as [number, number]];
  const newest = rest.slice(-(MAX_UNANSWERED - 1));
  return withWait(next, { unanswered: first === undefined ? newest : [first, ...newest] });
}

/** What the answer did not reach stays unanswered; whether the wait ends with it says a WaitEnded of its own. */
function answered(session: OpenSession, event: SessionEvent & { type: 'StaffAnswered' }) {
  const left = keepUnanswered(session, (message) => !isReached(message, event));
  const isLast = (left.wait?.unanswered.length ?? 0) === 0;
  return { ...left, closeFrom: isLast ? event.at : null };
}

function assigned(session: OpenSession, event: SessionEvent & { type: 'Assigned' }): Session {
  return {
    ...session,
    assignments: event.no,
    assignee: event.agent,
    assignedAt: event.at,
    inChargeSince: session.inChargeSince ?? event.at,
    lastAssignee: event.agent,
    inLineSince: null,
    supporters: session.supporters.filter((agent) => agent !== event.agent),
    wait: session.wait && {
      ...session.wait,
      tried: [...session.wait.tried.filter((agent) => agent !== event.agent), event.agent],
      exhausted: false,
    },
  };
}

function notAssigned(session: Session, event: SessionEvent & { type: 'NotAssigned' }): Session {
  if (!isOpen(session)) return session;
  if (event.how === 'timeout') return withWait(session, { exhausted: true });
  if (event.cause === 'responsible left') return { ...session, inLineSince: null };
  // The line is served from the oldest: who was sent away once keeps the old place.
  return { ...session, inLineSince: waitsSince(session, event.at) };
}

/** R59: the clocks begin anew, and so does the warning; a deadline that was missed before stays missed. */
function woken(session: OpenSession, event: SessionEvent & { type: 'Woken' }): Session {
  const { wait } = session;
  return {
    ...session,
    snoozedUntil: null,
    awakeSince: event.since,
    wait: wait && { ...wait, warnedAt: wait.overdueAt === null ? null : wait.warnedAt },
  };
}

function closing(session: OpenSession, event: SessionEvent & { type: 'CloseStarted' }): Session {
  const { messageId, at: sentAt } = event;
  const { lastCustomerSeq: seq, sends } = session;
  return {
    ...session,
    status: 'closing',
    closingMessage: messageId,
    closingEnd: null,
    sends: [
      ...sends,
      newSend({ messageId, purpose: 'closing', seq, author: null, sentAt, attempt: 0 }),
    ],
  };
}

function closeCancelled(session: OpenSession): Session {
  const sends =
    session.status === 'closing'
      ? session.sends.map((send) =>
          send.messageId === session.closingMessage ? { ...send, withdrawn: true } : send,
        )
      : session.sends;
  const { assignee, assignedAt, inChargeSince, inLineSince, wait } = session;
  const { supporters, snoozedUntil, awakeSince } = session;
  return {
    ...lasting(session),
    sends,
    status: 'open',
    assignee,
    assignedAt,
    inChargeSince,
    inLineSince,
    supporters,
    snoozedUntil,
    awakeSince,
    wait,
    closeFrom: null,
  };
}

function lasting(session: Session) {
  const { v, lastSeq, round, waits, assignments, lastCustomerSeq, lastAssignee } = session;
  const { policy, sends, unsent } = session;
  return {
    v,
    lastSeq,
    round,
    waits,
    assignments,
    lastCustomerSeq,
    lastAssignee,
    policy,
    sends,
    unsent,
  };
}

function keepUnanswered(
  session: OpenSession,
  keep: (message: Wait['unanswered'][number]) => boolean,
) {
  if (session.wait === null) return session;
  return withWait(session, {
    unanswered: session.wait.unanswered.filter(keep),
  });
}

function withWait(session: OpenSession, change: Partial<Wait>): OpenSession {
  return session.wait === null ? session : { ...session, wait: { ...session.wait, ...change } };
}
