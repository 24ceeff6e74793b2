import { decideAssignment, type AssignmentFacts } from '#domain/assignment.ts';
import type { CommandId, MessageId } from '#domain/ids.ts';
import type { Instant } from '#domain/instant.ts';
import { windowOpenUntil } from '#domain/messaging-window.ts';
import type { Policy } from '#domain/policy.ts';
import type { Refusal } from '#domain/refusal.ts';
import { nextDueAt } from '#domain/session/clocks.ts';
import { decideClose } from '#domain/session/close.ts';
import { STARTING_KINDS, type Entry, type Fact } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { NEW_SESSION, type Session } from '#domain/session/session.ts';
import {
  conclude,
  isIdle,
  needsTip,
  takeTurn,
  type Actor,
  type Turn,
} from '#domain/session/turn.ts';
import { facts } from './assignment-builders.ts';
import { clocks, commandId, message } from './session-builders.ts';
import { ACCEPTED, SimulatedPlatform, type Reaction } from './simulated-platform.ts';

export type World = {
  policy: Policy;
  /** Shared by the sessions of a channel; its cursor moves with every pick. */
  facts: AssignmentFacts;
  hasClosingText: boolean;
  react: (messageId: MessageId, attempt: number) => Reaction;
  /** What reaches the journal between a decision and its commit. */
  meanwhile: () => void;
  mayAct: (actor: Actor) => boolean;
  /** When our processes run next: the same instant, unless they are down. */
  awake: (at: Instant) => Instant;
};

const QUIET: World = {
  policy: clocks({}),
  facts: facts({ team: [] }),
  hasClosingText: true,
  react: () => ACCEPTED,
  meanwhile: () => undefined,
  mayAct: () => true,
  awake: (at) => at,
};

export type Commit = {
  now: Instant;
  before: Session;
  turn: Turn;
  events: SessionEvent[];
  after: Session;
  /** What an assignment was decided from. */
  known: Pick<AssignmentFacts, 'team' | 'rules'>;
};

/** More turns than this at one moment are a loop that never rests. */
const MAX_TURNS_AT_ONCE = 200;

/** One session with its journal, its clock and the platform, without any process: whole days in milliseconds. */
export class Simulation {
  readonly world: World;
  readonly journal: Entry[] = [];
  readonly commits: Commit[] = [];
  readonly outcomes = new Map<CommandId, Refusal | null>();
  session: Session = NEW_SESSION;
  now: Instant;

  readonly #agenda: { at: Instant; act: () => void }[] = [];
  readonly #platform: SimulatedPlatform;
  #denied: number[] = [];
  #running = false;
  #ids = 0;

  constructor(now: Instant, world: Partial<World> = {}) {
    this.now = now;
    this.world = { ...QUIET, ...world };
    this.#platform = new SimulatedPlatform(this);
  }

  get events(): SessionEvent[] {
    return this.commits.flatMap(({ events }) => events);
  }

  /** What reached the customer. */
  get arrived(): readonly MessageId[] {
    return this.#platform.arrived;
  }

  get tip(): number {
    return this.journal.length;
  }

  /** Plans something for later; what is planned for one moment is seen by the session as one batch. */
  at(when: Instant, act: () => void): void {
    const place = this.#agenda.findIndex((one) => one.at > when);
    this.#agenda.splice(place === -1 ? this.#agenda.length : place, 0, { at: when, act });
  }

  /** A new fact, written to the journal now; it may have arrived a little earlier. @returns its place */
  write(fact: Fact, at = this.now): number {
    this.journal.push({ ...fact, seq: this.tip + 1, at });
    return this.tip;
  }

  newMessage = (): MessageId => message(`own-message-${String((this.#ids += 1))}`);
  newCommand = (): CommandId => commandId(`own-command-${String((this.#ids += 1))}`);

  changePolicy(policy: Policy): void {
    this.world.policy = policy;
    this.write({ kind: 'settings_changed', version: policy.version });
  }

  run(until: Instant): this {
    for (;;) {
      this.#takeTurns();
      const next = Math.min(this.#agenda[0]?.at ?? Infinity, this.#wakesAt());
      if (next > until) break;
      this.now = Math.max(this.now, next);
      while ((this.#agenda[0]?.at ?? Infinity) <= this.now) this.#agenda.shift()?.act();
    }
    this.now = Math.max(this.now, until);
    return this;
  }

  #waiting(): Entry[] {
    return this.journal.slice(this.session.lastSeq);
  }

  #wakesAt(): Instant {
    if (!this.#running) return Infinity;
    const dueAt = this.#waiting().length > 0 ? this.now : nextDueAt(this.session);
    return dueAt === null ? Infinity : this.world.awake(Math.max(dueAt, this.now));
  }

  #takeTurns(): void {
    if (this.world.awake(this.now) !== this.now) return;
    if (this.#waiting().some(({ kind }) => STARTING_KINDS.includes(kind))) this.#running = true;
    for (let turns = 0; this.#running; turns += 1) {
      if (turns > MAX_TURNS_AT_ONCE) throw new Error(`Never rests: ${this.#tell()}`);
      const { policy } = this.world;
      const entries = this.#waiting();
      const turn = takeTurn(this.session, { entries, policy, denied: this.#denied, now: this.now });
      if (isIdle(turn)) break;
      this.#commit(turn);
    }
    const dueAt = nextDueAt(this.session);
    if (dueAt !== null && dueAt <= this.now) throw new Error(`Due, but idle: ${this.#tell()}`);
    const { status, sends } = this.session;
    if (status === 'done' && sends.length === 0) this.#running = false;
  }

  #tell(): string {
    return JSON.stringify({ now: this.now, session: this.session, waiting: this.#waiting() });
  }

  /** Whole or not at all, as the transaction does it. */
  #commit(turn: Turn): void {
    this.world.meanwhile();
    const denied = turn.actors.filter((actor) => !this.world.mayAct(actor));
    if (denied.length > 0) {
      this.#denied.push(...denied.map(({ seq }) => seq));
      return;
    }
    const answer = this.#answer(turn);
    const { session, events: more } = conclude(turn.session, answer.events, this.now);
    const events = [...turn.events, ...more];
    const byClock = turn.ask !== null && (turn.ask.ask === 'close' || turn.ask.how === 'timeout');
    if ((byClock || needsTip(events, session)) && this.tip > session.lastSeq) return;

    const { picked } = answer;
    if (picked !== null) this.world.facts.cursors[picked.rotation] = picked.agent;
    for (const { commandId: id, refused } of [...turn.outcomes, ...answer.outcomes])
      this.outcomes.set(id, refused);
    const { team, rules } = this.world.facts;
    const known = { team, rules: { ...rules } };
    this.commits.push({ now: this.now, before: this.session, turn, events, after: session, known });
    this.session = session;
    this.#denied = [];
    for (const event of events) this.#platform.follow(event);
  }

  #answer({ ask, session }: Turn) {
    const { hasClosingText } = this.world;
    if (ask === null) return { events: [], outcomes: [], picked: null };
    if (ask.ask === 'assign') {
      const { events, refused, picked } = decideAssignment(
        ask,
        session,
        this.world.facts,
        this.now,
      );
      const outcomes = ask.commandId === null ? [] : [{ commandId: ask.commandId, refused }];
      return { events, outcomes, picked };
    }
    const written = this.journal.findLast(({ kind }) => kind === 'customer_message');
    const close = {
      kind: 'message' as const,
      hasText: hasClosingText,
      windowOpenUntil: windowOpenUntil(written?.at ?? null),
      messageId: this.newMessage(),
    };
    return { events: decideClose(close, this.now), outcomes: [], picked: null };
  }
}
