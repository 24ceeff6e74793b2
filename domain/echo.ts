import { SECOND, type Instant } from './instant.ts';

/** Meta's instant replies come this soon after the customer's message and are not a person's answer. */
const INSTANT_REPLY_WITHIN_MS = 10 * SECOND;

/** Who wrote a message that went out from the Page. */
export type EchoAuthor = 'us' | 'staff elsewhere' | 'other app';

export type EchoFacts = {
  appId: string | null;
  ourAppId: string;
  /** Apps that are Meta's own inbox. */
  inboxAppIds: readonly string[];
  occurredAt: Instant;
  lastCustomerEventAt: Instant | null;
};

/** Whether an echo is ours, a staff answer typed in the platform's own tools, or some other app's message. */
export function echoAuthor(facts: EchoFacts): EchoAuthor {
  const { appId, ourAppId, inboxAppIds, occurredAt, lastCustomerEventAt } = facts;
  if (appId === ourAppId) return 'us';
  if (appId !== null && !inboxAppIds.includes(appId)) return 'other app';
  const sinceCustomer = occurredAt - (lastCustomerEventAt ?? -Infinity);
  return sinceCustomer >= 0 && sinceCustomer <= INSTANT_REPLY_WITHIN_MS
    ? 'other app'
    : 'staff elsewhere';
}
