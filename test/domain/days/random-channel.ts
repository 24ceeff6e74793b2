import type { AgentId } from '#domain/ids.ts';
import { HOUR, MINUTE, SECOND, type Instant } from '#domain/instant.ts';
import { an, binh, chi } from '#test/support/session-builders.ts';
import { ChannelSimulation, colleague, type Customer } from '#test/support/simulate-channel.ts';
import { ACCEPTED, type Reaction } from '#test/support/simulated-platform.ts';
import { agent } from '#test/support/session-builders.ts';
import { dung, em, saigon } from './stories.ts';

const giang = agent('giang');
export const SIX = [an, binh, chi, dung, em, giang];

export const BEGINS = saigon('2026-11-23 08:00');
export const ENDS = saigon('2026-11-23 18:00');

/** Chance that is the same for the same seed (mulberry32): at least 0, less than 1. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Chance {
  readonly roll: () => number;
  constructor(seed: number) {
    this.roll = dice(seed);
  }
  below(most: number): number {
    return Math.floor(this.roll() * most);
  }
  within(from: number, to: number): number {
    return from + this.below(to - from);
  }
  is(probability: number): boolean {
    return this.roll() < probability;
  }
  of<T>(among: readonly T[]): T | undefined {
    return among[this.below(among.length)];
  }
  shuffled<T>(among: readonly T[]): T[] {
    return among
      .map((one) => ({ one, at: this.roll() }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one);
  }
}

const CLOCKS = {
  autoClose: { on: true, afterSeconds: 900, text: 'Cảm ơn anh chị!', businessHours: false },
  reassign: { on: true, afterSeconds: 600, businessHours: false },
  deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300, businessHours: false },
};

/** A day of customers and agents who come, go, answer, snooze, take over; and of processes that are away at times. */
export function aBusyDay(
  seed: number,
  {
    customers = 200,
    onRest = () => undefined,
  }: { customers?: number; onRest?: (channel: ChannelSimulation) => void } = {},
): ChannelSimulation {
  const chance = new Chance(seed);
  const channel: ChannelSimulation = new ChannelSimulation(BEGINS, {
    team: SIX.map((one, index) =>
      colleague(one, {
        capacity: chance.is(0.2) ? null : chance.within(1, 6),
        online: index < 4,
        receives: { message: true, comment: chance.is(0.8) },
      }),
    ),
    rules: {
      applyTo: chance.is(0.8) ? 'online' : 'all',
      mode: chance.is(0.8) ? 'sequential' : 'random',
      sticky: chance.is(0.7),
      ownerPriority: chance.is(0.3),
    },
    clocks: CLOCKS,
    handBack: chance.is(0.5),
    dice: chance.roll,
    order: (sessions) => chance.shuffled(sessions),
    onRest: () => {
      onRest(channel);
    },
  });
  const come = Array.from({ length: customers }, (_, n) => comes(channel, chance, n));
  for (const one of SIX) works(channel, chance, one);
  for (let n = 0; n < 60; n += 1) disturbs(channel, chance, come);
  return channel;
}

/** Somebody who writes once or some times, with a process that is away now and then. */
function comes(channel: ChannelSimulation, chance: Chance, n: number): Customer {
  const kind = chance.is(0.75) ? 'message' : 'comment';
  const person = chance.is(0.1) ? `c${String(chance.below(n + 1))}` : `c${String(n)}`;
  const first = chance.within(BEGINS, ENDS - HOUR);
  const down = chance.is(0.2)
    ? { from: first - MINUTE, to: first + chance.below(5 * MINUTE) }
    : null;
  const customer = channel.customer(`c${String(n)}-${kind}`, {
    kind,
    person,
    react: () => reaction(chance),
    awake: (at) => (down !== null && at >= down.from && at < down.to ? down.to : at),
  });
  if (chance.is(0.2)) {
    const owner = chance.of(SIX);
    if (owner !== undefined) channel.owners.set(person, owner);
  }
  let at = first;
  for (let times = chance.within(1, 5); times > 0; times -= 1) {
    channel.at(at, () => channel.writes(customer));
    at += chance.within(0, 40 * MINUTE);
  }
  return customer;
}

function reaction(chance: Chance): Reaction {
  if (chance.is(0.9)) return ACCEPTED;
  return {
    ...ACCEPTED,
    report: chance.of(['failed', 'unknown', 'nothing'] as const) ?? 'failed',
    arrives: chance.is(0.5),
  };
}

const open = (customers: readonly Customer[], held: AgentId | null) =>
  customers.filter(({ open: session }) => session !== null && session.assignee === held);

/** Answers the one of their own that waits longest, every few minutes, and lays aside what is answered. */
function works(channel: ChannelSimulation, chance: Chance, who: AgentId): void {
  for (let at = BEGINS; at < ENDS; at += chance.within(SECOND, 6 * MINUTE))
    channel.at(at, () => {
      if (!isHere(channel, who)) return;
      const own = open(channel.customers, who);
      const since = ({ open: session }: Customer): Instant => session?.wait?.startedAt ?? Infinity;
      const [longest] = own.toSorted((a, b) => since(a) - since(b));
      if (longest === undefined) return;
      if (since(longest) < Infinity && chance.is(0.8)) channel.answers(who, longest);
      else if (chance.is(0.4)) channel.marksDone(who, chance.of(own) ?? longest);
    });
}

const isHere = (channel: ChannelSimulation, who: AgentId): boolean =>
  channel.team.some(({ agent: one, online, disabled }) => one === who && online && !disabled);

/** Something that is out of the ordinary. */
function disturbs(
  channel: ChannelSimulation,
  chance: Chance,
  customers: readonly Customer[],
): void {
  const at = chance.within(BEGINS, ENDS);
  const who = chance.of(SIX) ?? an;
  const other = chance.of(SIX) ?? binh;
  const kind = chance.below(12);
  const isMember = () => channel.team.some(({ agent: one, disabled }) => one === who && !disabled);
  channel.at(at, () => {
    const any = chance.of(customers.filter(({ open: session }) => session !== null));
    if (!isMember() || any === undefined) return;
    const assignee = any.open?.assignee ?? null;
    switch (kind) {
      case 0:
        channel.goesOffline(who);
        return;
      case 1:
        channel.endsShift(who);
        return;
      case 2:
      case 3:
      case 4:
        channel.comesOnline(who);
        return;
      case 5:
        channel.setCapacity(who, chance.is(0.2) ? null : chance.within(1, 6));
        return;
      case 6:
        channel.setDistribution(!channel.rules.distribution || chance.is(0.5));
        return;
      case 7:
        channel.changeSettings({
          reassign: { ...CLOCKS.reassign, afterSeconds: chance.within(120, 1_200) },
        });
        return;
      case 8:
        channel.orders(who, any, { type: 'snooze', until: channel.now + chance.below(2 * HOUR) });
        return;
      case 9:
        channel.orders(who, any, { type: 'assign', from: assignee, agent: other });
        return;
      case 10:
        if (assignee !== null) channel.orders(who, any, { type: 'unassign', from: assignee });
        return;
      case 11:
        if (chance.is(0.2)) channel.leaves(who);
        else channel.orders(who, any, { type: 'supporters', agents: [other] });
        return;
    }
  });
}
