/** What happens in a conversation and is told to the app: messages of both sides, and that they were read. */
import type { Context } from '#sandbox/context.ts';
import { newMid } from '#sandbox/ids.ts';
import {
  deliveredPayload,
  echoPayload,
  messagePayload,
  readPayload,
  seenPayload,
  toWire,
} from '#sandbox/payloads.ts';
import { threadKey, threadOf, type Message, type Platform } from '#sandbox/world.ts';

/** A customer writes. The app hears of it. */
export function writeAsCustomer(
  context: Context,
  message: { page: string; customer: string; text: string; at: number },
): Message {
  const written: Message = {
    ...message,
    mid: newMid(),
    from: 'customer',
    appId: null,
    metadata: null,
  };
  context.store.record({ type: 'message', message: written });
  const payload = messagePayload(written, platformOf(context, message.page));
  void tell(context, written, { field: 'messages', payload });
  return written;
}

type PageMessage = Pick<Message, 'page' | 'customer' | 'text' | 'appId' | 'metadata'>;

/**
 * A message from the Page reaches the customer; the echo and the receipt follow.
 * @returns the message, and a promise that settles when the echo was tried for the first time
 */
export function deliverToCustomer(
  context: Context,
  sent: PageMessage,
): { message: Message; echoed: Promise<void> } {
  const { faults, store } = context;
  const message: Message = { ...sent, mid: newMid(), from: 'page', at: Date.now() };
  store.record({ type: 'message', message });
  const platform = platformOf(context, sent.page);
  const echo = {
    // Instagram tells of them among the messages.
    field: platform === 'facebook' ? 'message_echoes' : 'messages',
    payload: echoPayload(message, platform),
    delayMs: faults.settings().echoDelayMs,
  };
  const receipt = { field: 'message_deliveries', payload: deliveredPayload(message, Date.now()) };
  const echoed = faults.roll('dropEcho') ? Promise.resolve() : tell(context, message, echo);
  // A field that Instagram does not have, so nobody is subscribed to it there.
  void tell(context, message, receipt);
  return { message, echoed };
}

/** The customer opens the conversation and has seen everything in it. */
export function readAsCustomer(
  context: Context,
  parties: { page: string; customer: string },
): void {
  if (platformOf(context, parties.page) === 'facebook') {
    const payload = readPayload(parties, Date.now());
    return void tell(context, parties, { field: 'message_reads', payload });
  }
  const thread = threadOf(context.store.world, parties.page, parties.customer);
  const mid = thread.findLast((message) => message.from === 'page')?.mid;
  if (mid === undefined) return;
  const payload = seenPayload({ ...parties, mid }, Date.now());
  void tell(context, parties, { field: 'messaging_seen', payload });
}

function platformOf({ store }: Context, page: string): Platform {
  return store.world.pages.get(page)?.platform ?? 'facebook';
}

type News = { field: string; payload: unknown; delayMs?: number };

/** The app hears only of the fields that it subscribed to on this Page. */
async function tell(
  { store, webhooks }: Context,
  { page, customer }: { page: string; customer: string },
  { field, payload, delayMs = 0 }: News,
): Promise<void> {
  if (!store.world.pages.get(page)?.subscribedFields.includes(field)) return;
  await webhooks.enqueue({ lane: threadKey(page, customer), body: toWire(payload), delayMs });
}
