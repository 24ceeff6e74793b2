/** What the networks' parsers have in common: one entry of a delivery in, outcomes out. */
import type { Instant } from '#domain/instant.ts';
import type { DeliveryItem, Fact } from '#channels/channel.ts';
import { asText } from '#channels/json.ts';

export type Outcome = DeliveryItem['outcome'];

/** One entry of a delivery: what happened to one Page or Instagram account. */
export type Entry = {
  /** The Page's or account's id; empty when Meta gives none. */
  asset: string;
  /** When Meta sent it, or we received it; null when nobody knows. */
  sentAt: Instant | null;
  raw: unknown;
};

/** Why one item cannot become a fact. Operators read the message: no text and no name of a customer in it. */
export class UnusableItem extends Error {
  override name = 'UnusableItem';
}

/** Understood, and none of our business: counted by its name. */
export function ignored(name: string): Outcome {
  return { fact: { type: 'ignored', name } };
}

/** Not understood: parked with the reason. */
export function unusable(error: string): Outcome {
  return { error };
}

/** Reads one item, so that whatever is wrong with it stays with it. */
export function outcomeOf(read: () => Fact): Outcome {
  try {
    return { fact: read() };
  } catch (error) {
    if (error instanceof UnusableItem) return unusable(error.message);
    // A fault of ours: this item is parked and can be replayed, its neighbours go on. V8's own messages may quote values.
    return unusable(`The parser failed (${error instanceof Error ? error.name : 'no error'}).`);
  }
}

/** A word of Meta's, fit to name a counter: 'none' when there is none, 'other' when it is no short plain word. */
export function eventName(value: unknown): string {
  const text = asText(value);
  if (text === null) return 'none';
  return /^[A-Za-z][\w-]{0,39}$/.test(text) ? text : 'other';
}
