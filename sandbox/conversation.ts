/** What happens in a conversation and is told to the app: messages of both sides, and that they were read. */
import type { Context } from '#sandbox/context.ts';
import { newMid } from '#sandbox/ids.ts';
import {
  deliveredPayload,
  echoPayload,
  messagePayload,
  readPayload,
  toWire,
} from '#sandbox/payloads.ts';
import { threadKey, type Message } from '#sandbox/world.ts';

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
  void tell(context, written, { field: 'messages', payload: messagePayload(written) });
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
  const echo = {
    field: 'message_echoes',
    payload: echoPayload(message),
    delayMs: faults.settings().echoDelayMs,
  };
  const receipt = { field: 'message_deliveries', payload: deliveredPayload(message, Date.now()) };
  const echoed = faults.roll('dropEcho') ? Promise.resolve() : tell(context, message, echo);
  void tell(context, message, receipt);
  return { message, echoed };
}

/** The customer opens the conversation and has seen everything in it. */
export function readAsCustomer(
  context: Context,
  parties: { page: string; customer: string },
): void {
  void tell(context, parties, {
    field: 'message_reads',
    payload: readPayload(parties, Date.now()),
  });
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
