/** Moves that the races are made of. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClient, AskOutcome } from './agent-client.ts';
import { inTurns } from './facts.ts';
import { isQuiet, isTakenIn, type Look } from './watch.ts';
import { between, type World } from './world.ts';

/** One session of a race, as it was before the race began. */
export type Player = { customer: string; look: Look };

/** What a race may come to, or how it broke its rule. */
export class BrokenRule extends Error {
  override name = 'BrokenRule';
}

/** The session was not where the race begins. */
export class FalseStart extends Error {
  override name = 'FalseStart';
}

/** A command was not carried out within its ten seconds. */
export class Expired extends Error {
  override name = 'Expired';
}

/** A customer nobody has heard of writes, and somebody is put in charge. */
export async function meet(world: World, customer: string): Promise<Player> {
  await world.meta.write(customer, 'Còn size M không?');
  const look = await world.watch.until(
    customer,
    'it is assigned',
    (seen) => isQuiet(seen) && seen.assignee !== null,
  );
  return { customer, look };
}

/** So many of them at once. @returns the customers' ids at the Page */
export async function meetAll(world: World, count: number): Promise<string[]> {
  const customers: string[] = [];
  await inTurns(Array.from({ length: count }), count, async () => {
    const customer = await world.meta.newCustomer('Khách Nga');
    customers.push(customer);
    await meet(world, customer);
  });
  return customers;
}

/** @throws Expired when the machine was too slow for it, which is no answer to a race */
export async function inTime(asked: Promise<AskOutcome>): Promise<AskOutcome> {
  const outcome = await asked;
  if (outcome.is === 'refused' && outcome.code === 'EXPIRED') throw new Expired();
  return outcome;
}

export function inCharge(world: World, { look }: Player): AgentClient {
  return world.agentOf(look.assignee);
}

/** Somebody of the team who is not among these. */
export function another(world: World, ...not: readonly AgentClient[]): AgentClient {
  const others = world.agents.filter((agent) => !not.includes(agent));
  const other = others[Math.floor(world.dice() * others.length)];
  if (other === undefined) throw new Error('The team is too small for this race');
  return other;
}

/** How far the two sides of a race are apart at random. */
const OFFSET_MS = 30;
/** How much a result moves the next starts. */
const NUDGE_MS = 3;

/**
 * Keeps a race close on any machine: one side's way is longer (a webhook's, a timer's), so the side that comes first
 * too often starts a little later each time.
 */
export class Pace {
  readonly #world: World;
  #leadMs = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Both at once but for up to 30 ms, either first. */
  apart<A, B>(a: () => Promise<A>, b: () => Promise<B>): Promise<[A, B]> {
    const gap = this.#gap();
    return Promise.all([after(-gap, a), after(gap, b)]);
  }

  /** Does something up to 30 ms before or after an instant, at which something else happens by itself. */
  around<A>(at: number, act: () => Promise<A>): Promise<A> {
    return after(at - Date.now() - this.#gap(), act);
  }

  /** The first side (of `around`: the act) came first, or not. */
  firstWas(first: boolean): void {
    this.#leadMs += first ? -NUDGE_MS : NUDGE_MS;
  }

  /** Head start of the first side. */
  #gap(): number {
    return this.#leadMs + between(this.#world, -OFFSET_MS, OFFSET_MS);
  }
}

export async function after<A>(ms: number, act: () => Promise<A>): Promise<A> {
  if (ms > 0) await sleep(ms);
  return act();
}

/** The session once it has taken in what a race threw at it. Messages may still be on their way. */
export function atRest(
  world: World,
  player: Player,
  isSo: (look: Look) => boolean = () => true,
): Promise<Look> {
  return world.watch.until(
    player.customer,
    'it is at rest',
    (look) => isTakenIn(look) && look.lastSeq > player.look.lastSeq && isSo(look),
  );
}
