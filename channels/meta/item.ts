/** Who, when and what of one messaging item of a Page or an Instagram account. */
import type { Instant } from '#domain/instant.ts';
import { UnusableItem, type Entry } from '#channels/entry.ts';
import { asId, asInstant, asObject, asText, field, type JsonObject } from '#channels/json.ts';

export type Item = {
  /** The customer's id (PSID, IGSID), on whichever side of the item it stands. */
  customer: string;
  /** Whether the Page or account is the one who acted. */
  isOutgoing: boolean;
  occurredAt: Instant;
  /** What the event's key holds. */
  body: JsonObject;
};

/** @throws UnusableItem when the item lacks the Page, the customer, the time, or the event's own object */
export function readItem(event: string, raw: unknown, entry: Entry): Item {
  const body = asObject(field(raw, event));
  if (body === null) throw new UnusableItem(`The ${event} is not an object.`);
  if (entry.asset === '') throw new UnusableItem('The entry names no account.');
  const sender = asId(field(field(raw, 'sender'), 'id'));
  const recipient = asId(field(field(raw, 'recipient'), 'id'));
  const isOutgoing = body.is_echo === true || sender === entry.asset;
  const occurredAt = asInstant(field(raw, 'timestamp')) ?? entry.sentAt;
  if (occurredAt === null) throw new UnusableItem(`The ${event} gives no time.`);
  const customer = isOutgoing
    ? otherThan(entry.asset, recipient, sender)
    : otherThan(entry.asset, sender, recipient);
  if (customer === null) throw new UnusableItem(`The ${event} names no customer.`);
  return { customer, isOutgoing, occurredAt, body };
}

/** The id in its usual place; some echoes come with sender and recipient not swapped, and the Page is never the customer. */
function otherThan(asset: string, usual: string | null, opposite: string | null): string | null {
  const id = usual === asset ? opposite : usual;
  return id === asset ? null : id;
}

/** Longer than any id seen at Meta, shorter than what a Postgres index refuses. */
export const LONGEST_MID = 1_000;

/** @throws UnusableItem when there is no message id, or none that can be one */
export function readMid(event: string, body: JsonObject): string {
  const { mid } = body;
  if (mid === undefined || mid === null || mid === '') {
    throw new UnusableItem(`The ${event} has no mid.`);
  }
  const text = asText(mid);
  if (text === null) throw new UnusableItem(`The mid of the ${event} is not a string.`);
  if (text.length > LONGEST_MID) throw new UnusableItem(`The mid of the ${event} is too long.`);
  return text;
}
