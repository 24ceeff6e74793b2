import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentId } from '#domain/ids.ts';
import { DAY, MINUTE } from '#domain/instant.ts';
import { placesFree } from '#domain/distribution.ts';
import { evolve } from '#domain/session/evolve.ts';
import { isOpen, NEW_SESSION, waitsSince, type Session } from '#domain/session/session.ts';
import { agent } from '#test/support/session-builders.ts';
import {
  ChannelSimulation,
  colleague,
  WAKE_LAPSES_MS,
  type ChannelCommit,
  type Customer,
} from '#test/support/simulate-channel.ts';
import { aBusyDay, BEGINS, ENDS } from './random-channel.ts';
import { withoutSeq } from '../session/law.ts';

/** The assignment that the rules decided in a commit, and not somebody's hand or R4. */
function givenByRules({ events, turn, known, before }: ChannelCommit): AgentId | null {
  const given = events.find((event) => event.type === 'Assigned');
  if (given === undefined || turn.ask?.ask !== 'assign') return null;
  if (turn.ask.to !== null || turn.ask.group !== null) return null;
  const responsible = before.lastAssignee ?? known.previous;
  if (turn.ask.sticky && known.rules.sticky && responsible !== null) return null;
  return given.agent;
}

/** Nobody in charge, and for good: taken out by hand, or sent back to one who has left. */
function isOutOfLine({ sim }: Customer): boolean {
  let isOut = false;
  for (const event of sim.events) {
    if (event.type === 'Unassigned') isOut = event.cause === 'by hand';
    if (event.type === 'NotAssigned') isOut = event.cause === 'responsible left';
    if (event.type === 'Opened') isOut = false;
  }
  return isOut;
}

/** What holds whenever nothing more happens at a moment. */
function restsWell(channel: ChannelSimulation): void {
  for (const kind of ['message', 'comment'] as const) {
    const [due] = channel.due(kind);
    if (due !== undefined) throw new Error(`A place is free while ${due.name} stands in line`);
  }
  for (const customer of channel.customers) {
    const { open, sim } = customer;
    const isServed = sim.session.lastSeq === sim.tip;
    if (open === null || !isServed) continue;
    if (open.assignee !== null && open.inLineSince !== null)
      throw new Error(`${customer.name} has an assignee and stands in line`);
    if (open.assignee === null && open.inLineSince === null && !isOutOfLine(customer))
      throw new Error(`${customer.name} was forgotten`);
  }
}

type ChannelLaw = (channel: ChannelSimulation) => void;

const days = [1, 2, 12].map((seed) => {
  const channel = aBusyDay(seed, { onRest: restsWell });
  return channel.run(ENDS + DAY);
});

describe('a day of 200 customers and six agents', () => {
  test('is one on which everything happens', () => {
    const types = new Set(
      days.flatMap(({ commits }) =>
        commits.flatMap(({ events }) => events.map(({ type }) => type)),
      ),
    );
    for (const type of [
      'Escalated',
      'Overdue',
      'CloseCancelled',
      'Snoozed',
      'Unassigned',
      'SendFailed',
    ])
      expect(types).toContain(type);
    const causes = new Set(
      days.flatMap(({ commits }) =>
        commits.flatMap(({ events }) =>
          events.flatMap((event) => (event.type === 'NotAssigned' ? [event.cause] : [])),
        ),
      ),
    );
    expect(causes).toContain('behind others in line');
    expect(causes).toContain('nobody qualifies');
    for (const { customers } of days) expect(customers).toHaveLength(200);
  });

  test.for<[string, ChannelLaw]>([
    [
      'nobody ever has two assignees: each is given from the one who had it',
      ({ customers }) => {
        for (const { sim } of customers) {
          let holder: AgentId | null = null;
          for (const event of sim.events) {
            if (event.type === 'Assigned') {
              expect(event.from).toBe(holder);
              holder = event.agent;
            }
            if (event.type === 'Unassigned') {
              expect(event.from).toBe(holder);
              holder = null;
            }
            if (event.type === 'MarkedDone') holder = null;
          }
          expect(isOpen(sim.session) ? sim.session.assignee : null).toBe(holder);
        }
      },
    ],
    [
      'the rules give a session to nobody who may not have it, and nobody more than they have places for',
      ({ commits, rules }) => {
        for (const commit of commits) {
          const given = givenByRules(commit);
          if (given === null) continue;
          const { known, turn } = commit;
          const member = known.team.find((one) => one.agent === given);
          expect(member).toMatchObject({ disabled: false, receives: true, listed: true });
          expect(known.rules.distribution).toBe(true);
          if (rules.applyTo === 'online') expect(member?.online).toBe(true);
          expect(member?.load).toBeLessThan(member?.capacity ?? Infinity);
          if (turn.ask?.ask === 'assign') expect(turn.ask.exclude).not.toContain(given);
        }
      },
    ],
    [
      'the line is served from its head: nobody is given out before one who waits longer and for whom somebody has a place, unless woken with or before them',
      ({ commits }) => {
        for (const commit of commits) {
          const { turn, now, line, wokenAt, known } = commit;
          if (givenByRules(commit) === null || !isOpen(turn.session)) continue;
          if (turn.ask?.ask !== 'assign' || turn.ask.how !== 'automatic') continue;
          const since = waitsSince(turn.session, now);
          const passed = line.filter(
            (other) =>
              other.since < since &&
              placesFree(known, other.tried) > 0 &&
              !(
                turn.ask?.ask === 'assign' &&
                turn.ask.isWoken &&
                wokenAt !== null &&
                (other.joinedAt > wokenAt || (other.lastWokenAt ?? 0) > wokenAt - WAKE_LAPSES_MS)
              ),
          );
          expect(passed.map(({ customer }) => customer.name)).toEqual([]);
        }
      },
    ],
    [
      'in turn means: the next of those who qualify, after the one who was picked last',
      ({ commits, rules }) => {
        if (rules.mode === 'random') return;
        for (const commit of commits) {
          const given = givenByRules(commit);
          const { known, turn } = commit;
          if (given === null || turn.ask?.ask !== 'assign') continue;
          if (rules.ownerPriority && given === known.owner) continue;
          const { exclude } = turn.ask;
          const order = known.team.map((one) => one.agent);
          const last = order.indexOf(known.cursors[''] ?? agent('nobody'));
          const next = [...order.slice(last + 1), ...order.slice(0, last + 1)].find((one) => {
            const member = known.team.find((two) => two.agent === one);
            return (
              member !== undefined &&
              !member.disabled &&
              !member.away &&
              member.receives &&
              (rules.applyTo === 'all' || member.online) &&
              member.load < (member.capacity ?? Infinity) &&
              !exclude.includes(one)
            );
          });
          expect(given).toBe(next);
        }
      },
    ],
    [
      'a time-out gives the session to somebody new, and tells the admins once per wait',
      ({ customers }) => {
        for (const { sim } of customers) {
          let before: Session = NEW_SESSION;
          const told = new Set<number>();
          for (const event of sim.events) {
            if (event.type === 'Assigned' && event.how === 'timeout' && isOpen(before))
              expect(before.wait?.tried).not.toContain(event.agent);
            if (event.type === 'Escalated' && isOpen(before)) {
              expect(told.has(before.wait?.no ?? 0)).toBe(false);
              told.add(before.wait?.no ?? 0);
            }
            before = evolve(before, event);
          }
        }
      },
    ],
    [
      'every message is taken in once, and every session is the fold of its events',
      ({ customers }) => {
        for (const { sim } of customers) {
          const written = sim.journal.filter(({ kind }) => kind === 'customer_message');
          const received = sim.events.flatMap((event) =>
            event.type === 'MessageReceived' ? [event.seq] : [],
          );
          expect(received).toEqual(written.map(({ seq }) => seq));
          expect(sim.session.lastSeq).toBe(sim.tip);
          const folded = sim.events.reduce(evolve, NEW_SESSION);
          expect(withoutSeq(folded)).toEqual(withoutSeq(sim.session));
        }
      },
    ],
    [
      'nothing reaches the customer twice',
      ({ customers }) => {
        for (const { sim } of customers) expect(sim.arrived).toEqual([...new Set(sim.arrived)]);
      },
    ],
  ])('%s', ([, law]) => {
    for (const day of days) law(day);
  });

  test('whatever the seed: no place stays free while somebody stands in line, and nobody is forgotten', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        aBusyDay(seed, { customers: 40, onRest: restsWell }).run(ENDS + DAY);
      }),
      { numRuns: Number(process.env.RUNS ?? 12) },
    );
  });
});

describe('R7: the rotation over a fixed pool', () => {
  test('is fair to ±1 at every moment, whatever comes back, is taken by hand or done between', () => {
    const step = fc.record({
      does: fc.constantFrom('comes', 'comes', 'comments', 'comes back', 'is taken', 'is done'),
      after: fc.constantFrom(0, 1, MINUTE),
      which: fc.nat(30),
    });
    const pools = fc.integer({ min: 2, max: 7 });
    fc.assert(
      fc.property(pools, fc.array(step, { maxLength: 60, size: 'max' }), (size, steps) => {
        const pool = Array.from({ length: size }, (_, n) => agent(`agent-${String(n)}`));
        const channel = new ChannelSimulation(BEGINS, { team: pool.map((one) => colleague(one)) });
        let at = BEGINS;
        for (const { does, after, which } of steps) {
          at += after;
          channel.at(at, () => {
            perform(channel, does, which);
          });
        }
        channel.run(at + MINUTE);
        for (const kind of ['message', 'comment'] as const) {
          const counts = new Map(pool.map((one) => [one, 0]));
          for (const commit of channel.commits) {
            const given = commit.customer.kind === kind ? givenByRules(commit) : null;
            if (given === null) continue;
            counts.set(given, (counts.get(given) ?? 0) + 1);
            expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThan(2);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

function perform(channel: ChannelSimulation, does: string, which: number): void {
  const { customers } = channel;
  const customer = customers[which % Math.max(1, customers.length)];
  const [first] = channel.team;
  if (does === 'comes' || does === 'comments') {
    const kind = does === 'comes' ? 'message' : 'comment';
    channel.writes(channel.customer(`c${String(customers.length)}`, { kind }));
    return;
  }
  if (customer === undefined || first === undefined) return;
  const assignee = customer.open?.assignee ?? null;
  if (does === 'comes back') channel.writes(customer);
  if (does === 'is taken') channel.orders(first.agent, customer, { type: 'take', from: assignee });
  if (does === 'is done' && assignee !== null) channel.marksDone(assignee, customer);
}
