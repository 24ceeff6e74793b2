/**
 * Dry run of a change of the clocks (R64): the recorded answers are held against the clocks as they are and as they
 * would be. The clocks are the product's own; only time and settings are others.
 *
 * Who wrote, who answered, and who had a session when, is taken as it was. So it cannot know whom a time-out would have
 * brought, whether people would have answered faster with another deadline before their eyes, and what a customer would
 * have done after a closing text. A clock that was held while an answer was on its way to Meta counts as running.
 */
import { REPLAYED } from './compare.ts';
import { factsOf, type WaitFacts } from '../facts.ts';
import type { AgentId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { Policy } from '../policy.ts';
import { runningClocks, tellNext, type DueClock } from '../session/clocks.ts';
import type { SessionEvent } from '../session/event.ts';
import { evolve } from '../session/evolve.ts';
import { isOpen, NEW_SESSION, type Session } from '../session/session.ts';

/** Events that clocks go by. */
export const CLOCKED = [
  ...REPLAYED,
  'StaffAnswered',
  'ForeignMessage',
] as const satisfies SessionEvent['type'][];

export type ClockCounts = {
  /** Waits by what became of their deadline (R45); `running`: neither answered nor missed yet. */
  met: number;
  missed: number;
  none: number;
  running: number;
  /** Reassign time-outs that would have fired (R44). */
  timeOuts: number;
  /** Automatic closes that would have fired (R43). */
  closes: number;
  /** Of these, before the customer's next message: it came while the session was still open in fact. */
  cutOff: number;
};

/** By who was in charge: at the end of the wait, when the clock fired. Null = nobody. */
export type ClockSide = Map<AgentId | null, ClockCounts>;

/** What began before `from` is only followed, and clocks run until `until`. */
export type Period = { from: Instant; until: Instant };

/** What was done to a session while its clocks ran. */
type Run = {
  session: Session;
  told: SessionEvent[];
  /** In whose time it was closed, while in fact it was still open. */
  closedFor: AgentId | null | undefined;
};

/**
 * Counts what becomes of one session under some clocks.
 * @param events those that `CLOCKED` names, in order, from the beginning of a round
 */
export function countClocks(
  side: ClockSide,
  events: readonly SessionEvent[],
  policy: Policy,
  period: Period,
): void {
  const start: Session = { ...NEW_SESSION, policy };
  const run: Run = { session: start, told: [], closedFor: undefined };
  for (const event of events) {
    passTime(run, untilWhen(event), side, period);
    noteCutOff(run, event, side);
    // By the clock whose settings are in question: it stays open until this one says otherwise.
    if (event.type === 'MarkedDone' && event.cause === 'clock') continue;
    apply(run, event);
  }
  passTime(run, period.until, side, period);
  for (const wait of factsOf(start, run.told).waits)
    if (wait.startedAt >= period.from) countsOf(side, wait.assignee)[outcomeOf(wait)] += 1;
}

export function totalOf(side: ClockSide): ClockCounts {
  const total = noCounts();
  for (const counts of side.values())
    for (const name of Object.keys(total) as (keyof ClockCounts)[]) total[name] += counts[name];
  return total;
}

export function noCounts(): ClockCounts {
  return { met: 0, missed: 0, none: 0, running: 0, timeOuts: 0, closes: 0, cutOff: 0 };
}

function outcomeOf({ outcome }: WaitFacts): 'met' | 'missed' | 'none' | 'running' {
  return outcome ?? 'running';
}

/** An answer counts from when it was sent. */
function untilWhen(event: SessionEvent): Instant {
  return event.type === 'StaffAnswered' ? event.sentAt : event.at;
}

/** Lets the clocks do what they do up to a moment, each in its time. */
function passTime(run: Run, upTo: Instant, side: ClockSide, period: Period): void {
  for (;;) {
    const [due] = runningClocks(run.session);
    if (due === undefined || due.at > upTo) return;
    fire(run, due, side, period);
  }
}

function fire(run: Run, { clock, at }: DueClock, side: ClockSide, { from }: Period): void {
  const { session } = run;
  const assignee = isOpen(session) ? session.assignee : null;
  switch (clock) {
    case 'close':
      // Left open, so that what followed in fact can be counted.
      apply(run, { type: 'CloseCancelled', at, by: 'customer' });
      if (at < from) return;
      run.closedFor = assignee;
      countsOf(side, assignee).closes += 1;
      return;
    case 'reassign':
      // It rests until somebody else is in charge: whom it would have found is not known.
      apply(run, {
        type: 'NotAssigned',
        at,
        no: session.assignments,
        how: 'timeout',
        cause: 'nobody qualifies',
      });
      if (at >= from) countsOf(side, assignee).timeOuts += 1;
      return;
    default: {
      const event = tellNext(session, at, at);
      if (event !== null) apply(run, event);
    }
  }
}

/** The next message of the customer finds the session open, where it would have been closed. */
function noteCutOff(run: Run, event: SessionEvent, side: ClockSide): void {
  if (event.type === 'WaitStarted' && run.closedFor !== undefined)
    countsOf(side, run.closedFor).cutOff += 1;
  if (event.type === 'WaitStarted' || event.type === 'Opened' || event.type === 'MarkedDone')
    run.closedFor = undefined;
}

function apply(run: Run, event: SessionEvent): void {
  run.session = evolve(run.session, event);
  run.told.push(event);
}

function countsOf(side: ClockSide, agent: AgentId | null): ClockCounts {
  const known = side.get(agent);
  if (known !== undefined) return known;
  const counts = noCounts();
  side.set(agent, counts);
  return counts;
}
