import { describe, expect, test } from 'vitest';
import { factsOf, type Facts, type RoundFacts, type WaitFacts } from '#domain/facts.ts';
import { mergeRound, mergeWait } from '#domain/facts-merge.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import type { Simulation } from '#test/support/simulate.ts';
import { ofType, stepsOf, uphold, type Law } from './session/law.ts';

const rebuilt = (sim: Simulation): Facts => {
  const { rounds, waits } = factsOf(NEW_SESSION, sim.events);
  return sorted({ rounds, waits });
};

/** As the database does it: each turn's facts merged into rows, which are read back only where the turn asks for it. */
function turnByTurn(sim: Simulation): Facts {
  const rounds = new Map<number, RoundFacts>();
  const waits = new Map<number, WaitFacts>();
  for (const { before, events } of sim.commits) {
    const told = factsOf(before, events);
    const since = told.looksBackTo;
    const facts =
      since === null
        ? told
        : factsOf(before, events, {
            rounds: [...rounds.values()].filter(({ doneAt }) => doneAt === null || doneAt >= since),
            waits: [...waits.values()].filter(
              ({ endedAt }) => endedAt === null || endedAt >= since,
            ),
          });
    for (const round of facts.rounds) rounds.set(round.no, mergeRound(rounds.get(round.no), round));
    for (const wait of facts.waits) waits.set(wait.no, mergeWait(waits.get(wait.no), wait));
  }
  return sorted({ rounds: [...rounds.values()], waits: [...waits.values()] });
}

const sorted = ({ rounds, waits }: Facts): Facts => ({
  rounds: rounds.toSorted((a, b) => a.no - b.no),
  waits: waits.toSorted((a, b) => a.no - b.no),
});

describe('of whatever happens in a day, the facts (R40)', () => {
  test.for<[string, Law]>([
    [
      'told turn by turn are those of all its events at once',
      (sim) => {
        expect(turnByTurn(sim)).toEqual(rebuilt(sim));
      },
    ],
    [
      'are one row for each round and one for each wait',
      (sim) => {
        const { rounds, waits } = rebuilt(sim);
        expect(rounds.map(({ no }) => no)).toEqual(ofType(sim, 'Opened').map(({ round }) => round));
        expect(waits.map(({ no }) => no)).toEqual(ofType(sim, 'WaitStarted').map(({ no }) => no));
      },
    ],
    [
      'have no wait without its round, and none that outlives it',
      (sim) => {
        const { rounds, waits } = rebuilt(sim);
        for (const wait of waits) {
          const round = rounds.find(({ no }) => no === wait.round);
          expect(round).toBeDefined();
          if (round?.doneAt != null) expect(wait.endedAt).not.toBe(null);
        }
      },
    ],
    [
      'have one end, after the start, and one outcome for each wait that has ended',
      (sim) => {
        for (const { startedAt, endedAt, endedBy, outcome } of rebuilt(sim).waits) {
          expect(endedBy === null).toBe(endedAt === null);
          if (endedAt === null) expect([null, 'missed']).toContain(outcome);
          else {
            expect(endedAt).toBeGreaterThanOrEqual(startedAt);
            expect(['met', 'missed', 'none']).toContain(outcome);
          }
        }
      },
    ],
    [
      'call a deadline met or missed only where one ran, and met only in time',
      (sim) => {
        for (const { dueAt, endedAt, endedBy, outcome } of rebuilt(sim).waits) {
          if (outcome === 'met') {
            expect(endedBy).toBe('answered');
            expect(endedAt).toBeLessThanOrEqual(dueAt ?? -Infinity);
          }
          if (outcome === 'missed') expect(dueAt).not.toBe(null);
        }
      },
    ],
    [
      'keep a missed deadline, but where the answer had been sent in time or Done was in time',
      (sim) => {
        const missed = new Map<number, number>();
        for (const { before, event } of stepsOf(sim))
          if (event.type === 'Overdue' && before.status !== 'done' && before.wait !== null)
            if (!missed.has(before.wait.no)) missed.set(before.wait.no, event.dueAt);
        for (const { no, outcome, endedAt } of rebuilt(sim).waits) {
          const dueAt = missed.get(no);
          if (dueAt !== undefined && outcome !== 'missed')
            expect(endedAt).toBeLessThanOrEqual(dueAt);
        }
      },
    ],
    [
      'never count an answer before the first customer’s message, nor after Done',
      (sim) => {
        for (const { firstCustomerAt, firstAnswerAt, doneAt } of rebuilt(sim).rounds) {
          if (firstAnswerAt === null) continue;
          expect(firstAnswerAt).toBeGreaterThanOrEqual(firstCustomerAt ?? Infinity);
          expect(firstAnswerAt).toBeLessThanOrEqual(doneAt ?? Infinity);
        }
      },
    ],
    [
      'know the first answer of every round with an answered wait',
      (sim) => {
        const { rounds, waits } = rebuilt(sim);
        for (const wait of waits.filter(({ endedBy }) => endedBy === 'answered')) {
          const round = rounds.find(({ no }) => no === wait.round);
          expect(round?.firstAnswerAt).toBeLessThanOrEqual(wait.endedAt ?? -Infinity);
        }
      },
    ],
    [
      'count each Done once, with its cause',
      (sim) => {
        const causes = rebuilt(sim).rounds.flatMap(({ doneCause }) => doneCause ?? []);
        expect(causes).toEqual(ofType(sim, 'MarkedDone').map(({ cause }) => cause));
      },
    ],
    [
      'name who is in charge by now, or was at the end',
      (sim) => {
        const last = rebuilt(sim).rounds.at(-1);
        if (sim.session.status !== 'done') expect(last?.assignee).toBe(sim.session.assignee);
      },
    ],
  ])('%s', ([, law]) => {
    uphold(law);
  });
});
