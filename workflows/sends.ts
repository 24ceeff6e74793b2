import { log, proxyActivities } from '@temporalio/workflow';
import type { SendActivities } from '#activities/index.ts';
import type { SessionId } from '#domain/ids.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { SEND_QUEUE } from './messages.ts';

/**
 * One attempt each, and whatever becomes of it is written to the journal by the activity itself. If its process dies,
 * the deadlines of the session's own state settle what it left behind; so a failure here is only logged.
 */
const { sendMessage, settleAttempt, lookForMessage } = proxyActivities<SendActivities>({
  taskQueue: SEND_QUEUE,
  startToCloseTimeout: '18s',
  retry: { maximumAttempts: 1 },
});

/** The calls to the platform that the rules asked for. They run beside the loop, never in it. */
export class Sends {
  #running = 0;

  get running(): number {
    return this.#running;
  }

  follow(sessionId: SessionId, events: readonly SessionEvent[], onEnd: () => void): void {
    for (const event of events) {
      const call = callFor(sessionId, event);
      if (call === null) continue;
      this.#running += 1;
      void call
        .catch((error: unknown) => log.warn('send activity failed', { error: nameOf(error) }))
        .finally(() => {
          this.#running -= 1;
          onEnd();
        });
    }
  }
}

function callFor(sessionId: SessionId, event: SessionEvent): Promise<void> | null {
  switch (event.type) {
    case 'AttemptRecorded':
      return sendMessage.executeWithOptions({ summary: `attempt ${String(event.attempt)}` }, [
        { sessionId, messageId: event.messageId, attempt: event.attempt },
      ]);
    case 'SettlementAsked':
      return settleAttempt.executeWithOptions({ summary: 'no report in time' }, [
        { sessionId, messageId: event.messageId, attempt: event.attempt },
      ]);
    case 'LookedAt':
      return lookForMessage.executeWithOptions({ summary: 'arrived? reading back' }, [
        { sessionId, messageId: event.messageId },
      ]);
    default:
      return null;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
