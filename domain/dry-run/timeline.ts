import type { Happening } from './compare.ts';
import { HOUR, type Instant } from '../instant.ts';

/** What happened, put in order of time when it is asked for. Of the same moment what was told first comes first. */
export type Timeline = {
  add(happening: Happening): void;
  inOrder(): Iterable<Happening>;
};

/**
 * Sorts hour by hour, while it is read: sorting a month at once would take so long that nobody else gets their turn.
 * @param from what happened before is one hour like others
 */
export function createTimeline(from: Instant): Timeline {
  const hours = new Map<number, Happening[]>();
  return {
    add(happening) {
      const hour = happening.at < from ? -1 : Math.floor((happening.at - from) / HOUR);
      const known = hours.get(hour);
      if (known === undefined) hours.set(hour, [happening]);
      else known.push(happening);
    },
    *inOrder() {
      const inTurn = [...hours.keys()].sort((a, b) => a - b);
      for (const hour of inTurn)
        yield* (hours.get(hour) ?? []).sort((one, other) => one.at - other.at);
    },
  };
}
