import fc from 'fast-check';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { NEW_SESSION, type Session } from '#domain/session/session.ts';
import type { Simulation } from '#test/support/simulate.ts';
import { live } from './live.ts';
import { day } from './random-days.ts';

/** What holds of every day. */
export type Law = (sim: Simulation) => void;

const DAYS = Number(process.env.RUNS ?? 100);

/** Lives through random days and holds each against the law. */
export function uphold(law: Law): void {
  fc.assert(
    fc.property(day, (lived) => {
      law(live(lived));
    }),
    { numRuns: DAYS },
  );
}

export type Step = {
  before: Session;
  event: SessionEvent;
  after: Session;
  next: SessionEvent | null;
};

/** Every event with the session around it. */
export function stepsOf(sim: Simulation): Step[] {
  let before: Session = NEW_SESSION;
  const { events } = sim;
  return events.map((event, index) => {
    const after = evolve(before, event);
    const step = { before, event, after, next: events[index + 1] ?? null };
    before = after;
    return step;
  });
}

export const ofType = <Type extends SessionEvent['type']>(sim: Simulation, type: Type) =>
  sim.events.filter((event): event is SessionEvent & { type: Type } => event.type === type);

export const withoutSeq = (session: Session) => ({ ...session, lastSeq: 0 });
