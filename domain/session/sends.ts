import { HOUR, SECOND, type Instant } from '../instant.ts';
import type { SendReport } from './entry.ts';
import type { SessionEvent } from './event.ts';
import type { Send, Session } from './session.ts';

/** An attempt may be claimed this long after it was recorded; later nobody can, so it may safely be recorded anew. */
export const CLAIM_WITHIN_MS = 5 * SECOND;
/** Limit of one call to the platform. */
export const CALL_LIMIT_MS = 10 * SECOND;
/** After claim and call at their longest, and a little for writing the outcome down. */
export const ATTEMPT_LAPSES_MS = CLAIM_WITHIN_MS + CALL_LIMIT_MS + 3 * SECOND;
/** How long the echo gets to settle a doubtful message before the conversation is looked at. */
const LOOK_AFTER_MS = 30 * SECOND;
/** A look that reports nothing (its process died) is repeated; reading twice harms nobody. */
const LOOK_LAPSES_MS = 15 * SECOND;
const MAX_LOOKS = 3;
/** Later messages of the session do not wait longer than this for one whose end is unknown. */
const HEAD_OF_LINE_MS = 60 * SECOND;
/** A platform that says "later" for this long is not going to take the message. */
const GIVE_UP_AFTER_MS = HOUR;

/** What time alone asks of the outgoing messages: begin, settle, look, give up. */
export function followSends(session: Session, now: Instant): SessionEvent[] {
  return session.sends.flatMap((send, index) => {
    if (now < dueAt(session.sends, index)) return [];
    return followSend(send, now);
  });
}

function followSend(send: Send, now: Instant): SessionEvent[] {
  const { messageId, phase } = send;
  switch (phase.name) {
    case 'queued':
      if (send.withdrawn) return [{ type: 'SendWithdrawn', at: now, messageId }];
      return [
        {
          type: 'AttemptRecorded',
          at: now,
          messageId,
          attempt: send.attempt + 1,
          lapsesAt: now + ATTEMPT_LAPSES_MS,
        },
      ];
    case 'sending':
      return [
        {
          type: 'SettlementAsked',
          at: now,
          messageId,
          attempt: send.attempt,
          lapsesAt: now + LOOK_LAPSES_MS,
        },
      ];
    case 'checking':
      if (phase.looks >= MAX_LOOKS) return [{ type: 'SendUnconfirmed', at: now, messageId }];
      return [
        {
          type: 'LookedAt',
          at: now,
          messageId,
          looks: phase.looks + 1,
          lookAt: now + LOOK_LAPSES_MS,
        },
      ];
  }
}

/** When time alone next asks something of the outgoing messages; null = there are none. */
export function nextSendDue(session: Session): Instant | null {
  if (session.sends.length === 0) return null;
  return Math.min(...session.sends.map((_, index) => dueAt(session.sends, index)));
}

function dueAt(sends: readonly Send[], index: number): Instant {
  const send = sends[index];
  if (send === undefined) return Infinity;
  switch (send.phase.name) {
    case 'queued':
      if (send.withdrawn) return send.phase.notBefore;
      return Math.max(send.phase.notBefore, ...sends.slice(0, index).map(blocksUntil));
    case 'sending':
      return send.phase.lapsesAt;
    case 'checking':
      return send.phase.lookAt;
  }
}

/** Until when an earlier message keeps later ones back, so that they arrive in order. */
function blocksUntil(earlier: Send): Instant {
  if (earlier.withdrawn) return 0;
  return earlier.firstAttemptAt === null ? Infinity : earlier.firstAttemptAt + HEAD_OF_LINE_MS;
}

/** What a report about an outgoing message means for it. A report about an attempt that is past changes nothing. */
export function judgeReport(session: Session, report: SendReport, at: Instant): SessionEvent[] {
  const { messageId, result } = report;
  const send = session.sends.find((one) => one.messageId === messageId);
  if (result.is === 'sent') {
    const known = send ?? session.unsent.find((one) => one.messageId === messageId);
    return known === undefined ? [] : [{ type: 'SendAccepted', at, messageId }];
  }
  if (send === undefined || send.attempt !== report.attempt) return [];
  if (send.phase.name === 'queued') return [];
  switch (result.is) {
    case 'failed':
      return [{ type: 'SendFailed', at, messageId, reason: result.reason }];
    case 'later':
      if (send.purpose === 'closing' || at - send.sentAt > GIVE_UP_AFTER_MS)
        return [{ type: 'SendFailed', at, messageId, reason: 'rate_limited' }];
      return [{ type: 'SendRequeued', at, messageId, notBefore: result.notBefore, why: 'later' }];
    case 'unclaimed':
      return [
        send.withdrawn
          ? { type: 'SendWithdrawn', at, messageId }
          : { type: 'SendRequeued', at, messageId, notBefore: at, why: 'unclaimed' },
      ];
    case 'unknown':
      if (send.phase.name === 'checking') return [];
      return [{ type: 'SendDoubtful', at, messageId, lookAt: at + LOOK_AFTER_MS }];
    case 'not_shown':
      return [{ type: 'SendUnconfirmed', at, messageId }];
  }
}
