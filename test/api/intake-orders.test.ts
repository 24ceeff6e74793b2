/** Whatever order Meta delivers in, and however often: what the agent sees in the end is the same. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fact } from '#channels/channel.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { at, edits, pageWrites, removes, TestPage, writes } from './intake-support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const number = fc.integer({ min: 1, max: 3 });

/** What became of some messages: written, edited up to three times, perhaps taken back; and answers from elsewhere. */
const stories = fc
  .array(
    fc.record({
      edits: fc.uniqueArray(number, { maxLength: 3 }),
      isRemoved: fc.boolean(),
      isAnswered: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all.flatMap(({ edits: made, isRemoved, isAnswered }, index): Fact[] => {
      const mid = `m${index}`;
      return [
        writes(mid, { occurredAt: at(100 * index) }),
        ...[...made].sort().map((no) => edits(mid, `${mid}, edit ${no}`, no)),
        ...(isRemoved ? [removes(mid)] : []),
        ...(isAnswered ? [pageWrites(`e${index}`, { occurredAt: at(100 * index + 50) })] : []),
      ];
    }),
  );

/** The same facts, some of them more than once, in any order, some together. */
const orders = stories.chain((facts) =>
  fc.record({
    facts: fc.constant(facts),
    batches: fc
      .array(fc.constantFrom(...facts), { maxLength: 5 })
      .chain((again) =>
        fc.shuffledSubarray([...facts, ...again], {
          minLength: facts.length + again.length,
        }),
      )
      .chain((shuffled) =>
        fc
          .array(fc.integer({ min: 1, max: 4 }), {
            minLength: shuffled.length,
            maxLength: shuffled.length,
          })
          .map((sizes) => inBatches(shuffled, sizes)),
      ),
  }),
);

function inBatches(facts: readonly Fact[], sizes: readonly number[]): Fact[][] {
  const batches: Fact[][] = [];
  let from = 0;
  for (const size of sizes) {
    if (from >= facts.length) break;
    batches.push(facts.slice(from, from + size));
    from += size;
  }
  return batches;
}

async function seen(batches: readonly Fact[][]) {
  const page = await TestPage.connect(database.db);
  for (const batch of batches) await page.takesIn(...batch);
  const messages = await page.messages();
  return messages
    .map(({ mid, direction, author, text, removed_at }) => ({
      mid,
      direction,
      author,
      text: removed_at === null ? text : null,
      isRemoved: removed_at !== null,
    }))
    .sort((a, b) => ((a.mid ?? '') < (b.mid ?? '') ? -1 : 1));
}

test('duplicates and reorderings end the same', async () => {
  await fc.assert(
    fc.asyncProperty(orders, async ({ facts, batches }) => {
      expect(await seen(batches)).toEqual(await seen(facts.map((fact) => [fact])));
    }),
    { numRuns: 40 },
  );
});
