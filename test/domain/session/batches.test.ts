import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '#domain/instant.ts';
import type { Fact } from '#domain/session/entry.ts';
import { facts } from '#test/support/assignment-builders.ts';
import { clocks, message, minute } from '#test/support/session-builders.ts';
import { Simulation } from '#test/support/simulate.ts';
import { ACCEPTED } from '#test/support/simulated-platform.ts';
import { anyFact } from './random-facts.ts';

/** What arrives together, and how long after what came before. */
type Arrival = { after: number; facts: Fact[] };

// Whole seconds: what the clocks and the platform do, which are a few milliseconds off, never falls together with it.
const arrivals = fc
  .array(
    fc.record({
      after: fc.constantFrom(SECOND, 20 * SECOND, 4 * MINUTE, 11 * MINUTE),
      facts: fc.array(
        anyFact({
          seq: fc.nat(20),
          at: fc.constantFrom(minute(0), minute(1_000)),
          messageId: fc.constant(message('named-below')),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
    { maxLength: 15, size: 'max' },
  )
  .map((list) => list.map(named));

/** Every message gets an id of its own; what is retried or confirmed is one of the first. */
function named({ after, facts }: Arrival, place: number): Arrival {
  const id = (n: number) => message(`message-${String(n)}`);
  return {
    after,
    facts: facts.map((fact, index): Fact => {
      if (fact.kind === 'command' && 'messageId' in fact.command)
        return { ...fact, command: { ...fact.command, messageId: id(index) } };
      return 'messageId' in fact ? { ...fact, messageId: id(place * 4 + index) } : fact;
    }),
  };
}

/** The platform refuses some, so that there is something to retry. */
const refused = new Set([0, 1, 6, 11].map((n) => message(`message-${String(n)}`)));

function settle(list: readonly Arrival[], feed: 'one by one' | 'together'): Simulation {
  const odd = (minutes: number) => minutes + 7 / MINUTE;
  const sim = new Simulation(minute(0), {
    policy: clocks({ close: odd(10), reassign: odd(4), deadline: odd(9), warn: 2 }),
    facts: facts(),
    react: (id) => (refused.has(id) ? { ...ACCEPTED, report: 'failed' } : ACCEPTED),
  });
  for (const { after, facts } of list) {
    sim.run(sim.now + after);
    for (const fact of facts) {
      sim.write(fact);
      if (feed === 'one by one') sim.run(sim.now);
    }
    sim.run(sim.now);
  }
  return sim.run(sim.now + 30 * MINUTE);
}

test('what arrives together is treated as if it had arrived one after the other', () => {
  fc.assert(
    fc.property(arrivals, (list) => {
      const oneByOne = settle(list, 'one by one');
      const together = settle(list, 'together');
      // A run that has ended does not take in what starts nothing.
      const lastSeq = expect.any(Number);
      expect(together.session).toEqual({ ...oneByOne.session, lastSeq });
      expect(together.outcomes).toEqual(oneByOne.outcomes);
    }),
    { numRuns: Number(process.env.RUNS ?? 200) },
  );
});
