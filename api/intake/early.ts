/** The page's own replies that are told of before the comment that they answer: taken in right behind it. */
import type { EarlyComment } from '#db/early-comments.ts';
import type { ThreadKey } from '#db/ingest-threads.ts';
import { rootOf } from './conversation.ts';
import { key, type Arrival } from './known.ts';

/** The top-level comments that arrive. */
export function rootsIn(arrivals: readonly Arrival[]): ThreadKey[] {
  return arrivals.flatMap(({ channelId, fact }) =>
    fact.type === 'comment' && fact.parent === null ? [{ channelId, root: fact.mid }] : [],
  );
}

/** The arrivals in the order in which they are to be taken in, with what was kept until now. */
export function behindTheirRoots(
  arrivals: readonly Arrival[],
  kept: readonly EarlyComment[],
): Arrival[] {
  const places = rootPlaces(arrivals);
  const waiting = new Map<number, Arrival[]>();
  const wait = (place: number, root: Arrival, early: Arrival) => {
    const behind = { ...early, rootReceivedAt: root.receivedAt };
    waiting.set(place, [...(waiting.get(place) ?? []), behind]);
  };
  for (const { channelId, comment } of kept) {
    const place = places.get(key(channelId, comment.parent));
    const root = place === undefined ? undefined : arrivals[place];
    if (place === undefined || root === undefined) continue;
    // Its own delivery has been noted when it came.
    wait(place, root, { ...root, deliveryId: null, fact: { type: 'own_comment', ...comment } });
  }
  const onTime = arrivals.map((arrival, index) => {
    const place = places.get(threadKey(arrival)) ?? 0;
    const root = arrivals[place];
    if (arrival.fact.type !== 'own_comment' || root === undefined || place <= index)
      return [index, arrival] as const;
    wait(place, root, arrival);
    return null;
  });
  return onTime.flatMap((one) => (one === null ? [] : [one[1], ...(waiting.get(one[0]) ?? [])]));
}

/** Where each top-level comment comes first. */
function rootPlaces(arrivals: readonly Arrival[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [index, arrival] of arrivals.entries()) {
    const [root] = rootsIn([arrival]);
    if (root === undefined) continue;
    const place = key(root.channelId, root.root);
    if (!places.has(place)) places.set(place, index);
  }
  return places;
}

function threadKey({ channelId, fact }: Arrival): string {
  return fact.type === 'own_comment' ? key(channelId, rootOf(fact)) : '';
}
