/** What the plan is made from, and its small pieces: finding what is known, merging what a session's row is to show. */
import type { Fact, Platform } from '#channels/channel.ts';
import type { KnownMessage, KnownSession, Tombstone } from '#db/ingest.ts';
import type { NamelessMessage, ThreadCustomer } from '#db/ingest-threads.ts';
import type { SessionTouch } from '#db/ingest-write.ts';
import type { ChannelId } from '#domain/ids.ts';

/** A fact of a connected channel, with the delivery that brought it. */
export type Arrival = {
  /** Null = it was kept from a delivery that has been noted already. */
  deliveryId: number | null;
  index: number;
  receivedAt: Date;
  /** Set when it was told of before the comment that it stands under: when that came. */
  rootReceivedAt?: Date;
  channelId: ChannelId;
  platform: Platform;
  fact: Fact;
};

export type Known = {
  sessions: readonly KnownSession[];
  messages: readonly KnownMessage[];
  tombstones: readonly Tombstone[];
  /** Of ours, in the conversations and threads that the arrivals are about. */
  nameless: readonly NamelessMessage[];
  /** Who takes part in the threads in which the page itself has commented. */
  participants: readonly ThreadCustomer[];
  ourAppId: string;
  inboxAppIds: readonly string[];
};

/** Times only move forward; the preview is the last message's. */
export function mergeTouch(
  before: SessionTouch,
  change: Omit<SessionTouch, 'sessionId'>,
): SessionTouch {
  const merged: SessionTouch = { ...before, ...change };
  for (const name of ['lastCustomerAt', 'windowFrom', 'deliveredUpTo', 'seenUpTo'] as const) {
    const newest = later(before[name] ?? null, change[name] ?? null);
    if (newest !== null) merged[name] = newest;
  }
  return merged;
}

export function keyed<One extends { channelId: ChannelId }>(
  all: readonly One[],
  part: (one: One) => string,
): Map<string, One> {
  return new Map(all.map((one) => [key(one.channelId, part(one)), { ...one }]));
}

export function key(channelId: ChannelId, part: string): string {
  return `${channelId}/${part}`;
}

export function later<When extends Date | null>(a: Date | null, b: When): Date | When {
  return a !== null && (b === null || a > b) ? a : b;
}

export function moment(at: number | null): Date {
  return new Date(at ?? 0);
}
