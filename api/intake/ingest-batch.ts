import type { DeliveryItem } from '#channels/channel.ts';
import type { Trx } from '#db/database.ts';
import {
  channelsByAsset,
  ensureConversations,
  knownMessages,
  lockConversations,
  tombstonesOf,
  type Conversation,
} from '#db/ingest.ts';
import { writeFindings, type NewItem } from '#db/ingest-write.ts';
import type { ChannelId } from '#domain/ids.ts';
import type { Arrival } from './known.ts';
import { planIngest } from './plan.ts';

/** An item of a delivery on its way in. */
export type Incoming = DeliveryItem & { deliveryId: number; receivedAt: Date };

export type Apps = { ourAppId: string; inboxAppIds: readonly string[] };

/** How many items of which delivery were parked. */
export type Ingested = { parkedItems: Map<number, number> };

/** Takes a batch of items in, in their order, in the caller's transaction. Items that were taken in before change nothing. */
export async function ingestBatch(
  trx: Trx,
  incoming: readonly Incoming[],
  apps: Apps,
): Promise<Ingested> {
  const channels = await channelsByAsset(trx, incoming);
  const sorted = incoming.map((item) => sort(item, channels));
  const arrivals = sorted.flatMap((one) => ('arrival' in one ? [one.arrival] : []));
  const parked = sorted.flatMap((one) => ('parked' in one ? [one.parked] : []));

  await ensureConversations(trx, distinct(arrivals.filter(makesConversation)));
  const sessions = await lockConversations(trx, distinct(arrivals));
  const mids = arrivals.flatMap(({ channelId, fact }) =>
    'mid' in fact && fact.mid !== null ? [{ channelId, mid: fact.mid }] : [],
  );
  const ours = arrivals.flatMap(({ fact }) =>
    fact.type === 'echo' && fact.metadata !== null ? [fact.metadata] : [],
  );
  const findings = planIngest(arrivals, {
    sessions,
    messages: await knownMessages(trx, mids, ours),
    tombstones: await tombstonesOf(trx, mids),
    ...apps,
  });
  await writeFindings(
    trx,
    { ...findings, items: [...findings.items, ...parked] },
    new Map(sessions.map((session) => [session.id, session])),
  );
  return { parkedItems: countParked(parked) };
}

function countParked(items: readonly NewItem[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { state, deliveryId } of items)
    if (state === 'parked') counts.set(deliveryId, (counts.get(deliveryId) ?? 0) + 1);
  return counts;
}

type Sorted = { arrival: Arrival } | { parked: NewItem };

function sort(item: Incoming, channels: ReadonlyMap<string, ChannelId>): Sorted {
  const { deliveryId, index, receivedAt, platform, asset, outcome } = item;
  const park = (error: string): Sorted => ({
    parked: { deliveryId, index, state: 'parked', name: null, error, customerId: null },
  });
  if ('error' in outcome) return park(outcome.error);
  const channelId = channels.get(`${platform}/${asset}`);
  if (channelId !== undefined)
    return { arrival: { deliveryId, index, receivedAt, channelId, fact: outcome.fact } };
  if (outcome.fact.type !== 'ignored')
    return park(`No channel is connected for ${platform} ${asset}: connect it and replay`);
  const { name } = outcome.fact;
  return { parked: { deliveryId, index, state: 'ignored', name, error: null, customerId: null } };
}

function makesConversation({ fact }: Arrival): boolean {
  return fact.type === 'message' || fact.type === 'echo';
}

function distinct(arrivals: readonly Arrival[]): Conversation[] {
  const all = arrivals.flatMap(({ channelId, fact }) =>
    'customer' in fact ? [{ channelId, externalId: fact.customer }] : [],
  );
  return [...new Map(all.map((one) => [`${one.channelId}/${one.externalId}`, one])).values()];
}
