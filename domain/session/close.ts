import type { MessageId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { SessionEvent } from './event.ts';

export type CloseFacts = {
  /** A closing text is configured. Comments never get one (R43). */
  hasText: boolean;
  /** Meta's messaging window, which an automatic message must keep to. */
  windowOpenUntil: Instant | null;
  /** The id that the closing text gets if it is sent. */
  messageId: MessageId;
};

/** R43: with a text to send the session passes through closing; else it is done silently, and a skip is recorded. */
export function decideClose(facts: CloseFacts, now: Instant): SessionEvent[] {
  if (!facts.hasText)
    return [{ type: 'MarkedDone', at: now, cause: 'clock', by: null, closingText: 'none' }];
  if (facts.windowOpenUntil === null || facts.windowOpenUntil <= now)
    return [{ type: 'MarkedDone', at: now, cause: 'clock', by: null, closingText: 'skipped' }];
  return [{ type: 'CloseStarted', at: now, messageId: facts.messageId }];
}
