import type { MessageId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { ClosingTextFate, SessionEvent } from './event.ts';
import {
  isOpen,
  type OpenSession,
  type Send,
  type SendPhase,
  type Session,
  type Unsent,
  type Wait,
} from './session.ts';

/** A spammer must not fill the workflow's state; between the first and the newest nothing is decided by one message. */
const MAX_UNANSWERED = 200;
const MAX_UNSENT = 50;

/** The session after an event. Total: an event is never refused, and one that makes no sense changes nothing. */
export function evolve(session: Session, event: SessionEvent): Session {
  switch (event.type) {
    case 'PolicyChanged':
      return { ...session, policy: event.policy };
    case 'Opened':
      return opened(session, event);
    case 'ReplyQueued':
      return queued(session, event);
    case 'AttemptRecorded':
      return withSend(session, event.messageId, (send) => ({
        ...send,
        attempt: event.attempt,
        firstAttemptAt: send.firstAttemptAt ?? event.at,
        phase: { name: 'sending', lapsesAt: event.lapsesAt },
      }));
    case 'SettlementAsked':
      return withPhase(session, event.messageId, { name: 'sending', lapsesAt: event.lapsesAt });
    case 'SendRequeued':
      return withPhase(session, event.messageId, { name: 'queued', notBefore: event.notBefore });
    case 'SendDoubtful':
      return withPhase(session, event.messageId, {
        name: 'checking',
        lookAt: event.lookAt,
        looks: 0,
      });
    case 'LookedAt':
      return withPhase(session, event.messageId, {
        name: 'checking',
        lookAt: event.lookAt,
        looks: event.looks,
      });
    case 'SendAccepted':
    case 'SendWithdrawn':
      return closingEnded(ended(session, event.messageId, null), event, 'sent');
    case 'SendFailed':
      return closingEnded(ended(session, event.messageId, 'failed'), event, 'failed');
    case 'SendUnconfirmed':
      return closingEnded(ended(session, event.messageId, 'unconfirmed'), event, 'unconfirmed');
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
      return keepUnanswered(session, (seq) => seq !== event.seq);
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
        wait: session.wait && { ...session.wait, warnedAt: null, overdueAt: null },
      };
    case 'Escalated':
      return withWait(session, { escalated: true });
    case 'Warned':
      return withWait(session, { warnedAt: event.at });
    case 'WarningLifted':
      return withWait(session, { warnedAt: null });
    case 'Overdue':
      return withWait(session, { overdueAt: event.at });
    case 'CloseStarted':
      return closing(session, event);
    case 'CloseCancelled':
      return closeCancelled(session);
    case 'MarkedDone':
      return { ...lasting(session), status: 'done', doneAt: event.at };
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
  const reaches = (seq: number, at: number) =>
    event.upToSeq === null ? at <= event.sentAt : seq < event.upToSeq;
  const left = keepUnanswered(session, (seq, at) => !reaches(seq, at));
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
  if (event.cause === 'distribution off') return { ...session, inLineSince: null };
  // The line is served from the oldest: who was sent away once keeps the old place.
  const since = session.inLineSince ?? session.wait?.startedAt ?? event.at;
  return { ...session, inLineSince: since };
}

function closing(session: OpenSession, event: SessionEvent & { type: 'CloseStarted' }): Session {
  const send: Send = {
    messageId: event.messageId,
    purpose: 'closing',
    seq: session.lastCustomerSeq,
    author: null,
    sentAt: event.at,
    attempt: 0,
    firstAttemptAt: null,
    phase: { name: 'queued', notBefore: event.at },
    withdrawn: false,
  };
  return {
    ...session,
    status: 'closing',
    closingMessage: event.messageId,
    closingEnd: null,
    sends: [...session.sends, send],
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
  return {
    ...lasting(session),
    sends,
    status: 'open',
    assignee,
    assignedAt,
    inChargeSince,
    inLineSince,
    wait,
    closeFrom: null,
  };
}

function queued(session: Session, event: SessionEvent & { type: 'ReplyQueued' }): Session {
  const before = session.unsent.find((unsent) => unsent.messageId === event.messageId);
  const send: Send = {
    messageId: event.messageId,
    purpose: 'reply',
    seq: event.seq,
    author: event.agent,
    sentAt: event.at,
    attempt: before?.attempt ?? 0,
    firstAttemptAt: null,
    phase: { name: 'queued', notBefore: event.at },
    withdrawn: false,
  };
  return {
    ...session,
    sends: [...session.sends, send],
    unsent: session.unsent.filter((unsent) => unsent.messageId !== event.messageId),
  };
}

function ended(session: Session, messageId: MessageId, how: Unsent['how'] | null): Session {
  const send = session.sends.find((other) => other.messageId === messageId);
  const unsent = session.unsent.filter((other) => other.messageId !== messageId);
  if (how !== null && send?.purpose === 'reply')
    unsent.push({
      messageId,
      how,
      attempt: send.attempt,
      seq: send.seq,
      author: send.author,
      sentAt: send.sentAt,
    });
  return {
    ...session,
    sends: session.sends.filter((other) => other.messageId !== messageId),
    unsent: unsent.slice(-MAX_UNSENT),
  };
}

/** R43: whatever became of the closing text, Done follows. */
function closingEnded(
  session: Session,
  { at, messageId }: { at: Instant; messageId: MessageId },
  fate: ClosingTextFate,
): Session {
  return session.status === 'closing' && session.closingMessage === messageId
    ? { ...session, closingEnd: { at, fate } }
    : session;
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

function keepUnanswered(session: OpenSession, keep: (seq: number, at: number) => boolean) {
  if (session.wait === null) return session;
  return withWait(session, {
    unanswered: session.wait.unanswered.filter(([seq, at]) => keep(seq, at)),
  });
}

function withWait(session: OpenSession, change: Partial<Wait>): OpenSession {
  return session.wait === null ? session : { ...session, wait: { ...session.wait, ...change } };
}

function withSend(session: Session, messageId: MessageId, change: (send: Send) => Send): Session {
  return {
    ...session,
    sends: session.sends.map((send) => (send.messageId === messageId ? change(send) : send)),
  };
}

function withPhase(session: Session, messageId: MessageId, phase: SendPhase): Session {
  return withSend(session, messageId, (send) => ({ ...send, phase }));
}
