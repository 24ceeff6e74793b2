import type { SessionId } from '../ids.ts';
import type { Instant } from '../instant.ts';

/** A waiting line, longest waiting first (R48). */
export type WaitingLine = {
  join(id: SessionId, since: Instant): void;
  leave(id: SessionId, since: Instant): void;
  /** Since when the longest of the others has waited; null = there is no other. */
  headBeside(id: SessionId): Instant | null;
  inOrder(): readonly { id: SessionId }[];
  length(): number;
};

type Place = { id: SessionId; since: Instant };

export function createWaitingLine(): WaitingLine {
  const places: Place[] = [];
  return {
    join(id, since) {
      places.splice(placeOf(places, { id, since }), 0, { id, since });
    },
    leave(id, since) {
      const index = placeOf(places, { id, since });
      if (places[index]?.id === id) places.splice(index, 1);
    },
    headBeside(id) {
      const head = places[0]?.id === id ? places[1] : places[0];
      return head?.since ?? null;
    },
    inOrder: () => places,
    length: () => places.length,
  };
}

/** Where it stands, or would stand: lines get long where nobody qualifies, so they are not searched from end to end. */
function placeOf(places: readonly Place[], { id, since }: Place): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = places[middle];
    const isBefore =
      other !== undefined && (other.since < since || (other.since === since && other.id < id));
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}
