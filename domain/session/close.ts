import type { MessageId, SessionKind } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { SessionEvent } from './event.ts';

export type CloseFacts = {
  kind: SessionKind;
  /** A closing text is configured. */
  hasText: boolean;
  /** Meta's messaging window, which an automatic message must keep to. */
  windowOpenUntil: Instant | null;
  /** The id that the closing text gets if it is sent. */
  messageId: MessageId;
};

/** R43: with a text to send the session passes through closing; else it is done silently, and a skip is recorded. */
export function decideClose(facts: CloseFacts, now: Instant): SessionEvent[] {
  // No public text on comments: such a close is as silent as one without a text.
  if (!facts.hasText || facts.kind === 'comment')
    return [{ type: 'MarkedDone', at: now, cause: 'clock', by: null, closingText: 'none' }];
  if (facts.windowOpenUntil === null || facts.windowOpenUntil <= now)
    return [{ type: 'MarkedDone', at: now, cause: 'clock', by: null, closingText: 'skipped' }];
  return [{ type: 'CloseStarted', at: now, messageId: facts.messageId }];
}
