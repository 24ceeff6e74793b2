import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '#domain/session/entry.ts';
import { EntryQueue } from '#workflows/entry-queue.ts';

/** A part of the journal, as one signal brings it: its first entry, and how many. */
const signals = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 8 })),
  {
    maxLength: 40,
  },
);

/** What a run takes in, turn by turn, when it is told so; gaps it loads from the journal, and at the end the rest. */
function takenFrom(journal: readonly Entry[], told: readonly [first: number, count: number][]) {
  const queue = new EntryQueue();
  const taken: number[] = [];
  const load = (): void => queue.add(journal.slice(taken.length, taken.length + 5));
  const turn = (): void => {
    queue.dropUpTo(taken.length);
    if (queue.hasGapAfter(taken.length)) load();
    // A turn that asks something ends with the entry that asks.
    const [first, second] = queue.contiguous(taken.length);
    for (const entry of [first, second]) if (entry !== undefined) taken.push(entry.seq);
  };
  for (const [first, count] of told) {
    queue.add(journal.slice(first - 1, first - 1 + count));
    turn();
  }
  while (taken.length < journal.length) {
    load();
    turn();
  }
  return taken;
}

test('signals that are repeated, overtake each other or get lost: every entry is taken in once, in order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), signals, (length, told) => {
      const journal = Array.from({ length }, (_, index): Entry => ({
        kind: 'agent_available',
        seq: index + 1,
        at: 1_000 * index,
      }));
      expect(takenFrom(journal, told)).toEqual(journal.map(({ seq }) => seq));
    }),
    { numRuns: 500 },
  );
});
