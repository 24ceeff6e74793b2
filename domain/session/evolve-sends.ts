import type { MessageId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { ClosingTextFate, SessionEvent } from './event.ts';
import type { Send, SendPhase, Session, Unsent } from './session.ts';

const MAX_UNSENT = 50;

/** What happens to an outgoing message, whether its session is open or done. */
export type SendEvent = SessionEvent & {
  type:
    | 'ReplyQueued'
    | 'AttemptRecorded'
    | 'SettlementAsked'
    | 'SendRequeued'
    | 'SendDoubtful'
    | 'LookedAt'
    | 'SendAccepted'
    | 'SendFailed'
    | 'SendUnconfirmed'
    | 'SendWithdrawn';
};

/** The session after something happened to one of its outgoing messages. */
export function evolveSends(session: Session, event: SendEvent): Session {
  const { messageId } = event;
  switch (event.type) {
    case 'ReplyQueued':
      return queued(session, event);
    case 'AttemptRecorded':
      return withSend(session, messageId, (send) => ({
        ...send,
        attempt: event.attempt,
        firstAttemptAt: send.firstAttemptAt ?? event.at,
        phase: { name: 'sending', lapsesAt: event.lapsesAt },
      }));
    case 'SettlementAsked':
      return withPhase(session, messageId, { name: 'sending', lapsesAt: event.lapsesAt });
    case 'SendRequeued':
      return withPhase(session, messageId, { name: 'queued', notBefore: event.notBefore });
    case 'SendDoubtful':
      return withPhase(session, messageId, { name: 'checking', lookAt: event.lookAt, looks: 0 });
    case 'LookedAt': {
      const { lookAt, looks } = event;
      return withPhase(session, messageId, { name: 'checking', lookAt, looks });
    }
    case 'SendAccepted':
      return closingEnded(ended(session, messageId, null), event, 'sent');
    case 'SendFailed':
      return closingEnded(ended(session, messageId, 'failed'), event, 'failed');
    case 'SendUnconfirmed':
      return closingEnded(ended(session, messageId, 'unconfirmed'), event, 'unconfirmed');
    case 'SendWithdrawn':
      return ended(session, messageId, null);
  }
}

type NewSend = Pick<Send, 'messageId' | 'purpose' | 'seq' | 'author' | 'sentAt' | 'attempt'>;

/** A message that waits to go out. */
export function newSend(send: NewSend): Send {
  return {
    ...send,
    firstAttemptAt: null,
    phase: { name: 'queued', notBefore: send.sentAt },
    withdrawn: false,
  };
}

function queued(session: Session, event: SessionEvent & { type: 'ReplyQueued' }): Session {
  const { messageId, seq, agent: author, at: sentAt } = event;
  const attempt = session.unsent.find((unsent) => unsent.messageId === messageId)?.attempt ?? 0;
  const send = newSend({ messageId, purpose: 'reply', seq, author, sentAt, attempt });
  return {
    ...session,
    sends: [...session.sends, send],
    unsent: session.unsent.filter((unsent) => unsent.messageId !== messageId),
  };
}

function ended(session: Session, messageId: MessageId, how: Unsent['how'] | null): Session {
  const send = session.sends.find((other) => other.messageId === messageId);
  const unsent = session.unsent.filter((other) => other.messageId !== messageId);
  if (how !== null && send?.purpose === 'reply') {
    const { attempt, seq, author, sentAt } = send;
    unsent.push({ messageId, how, attempt, seq, author, sentAt });
  }
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

function withSend(session: Session, messageId: MessageId, change: (send: Send) => Send): Session {
  return {
    ...session,
    sends: session.sends.map((send) => (send.messageId === messageId ? change(send) : send)),
  };
}

function withPhase(session: Session, messageId: MessageId, phase: SendPhase): Session {
  return withSend(session, messageId, (send) => ({ ...send, phase }));
}
