import { decideAssignment, type AssignmentFacts } from '#domain/assignment.ts';
import type { CommandId, MessageId, SessionKind } from '#domain/ids.ts';
import type { Instant } from '#domain/instant.ts';
import { windowOpenUntil } from '#domain/messaging-window.ts';
import { isNewer, refreshAt, type Policy } from '#domain/policy.ts';
import type { Refusal } from '#domain/refusal.ts';
import { clocksSince, nextDueAt } from '#domain/session/clocks.ts';
import { decideClose } from '#domain/session/close.ts';
import { STARTING_KINDS, type Entry, type Fact } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { isOpen, NEW_SESSION, type Session } from '#domain/session/session.ts';
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
  kind: SessionKind;
  policy: Policy;
  /** Instead of `policy`: the settings as they are read at a time, from which the known hours reach so far ahead. */
  loadPolicy: ((since: Instant, now: Instant) => Policy) | null;
  /** Shared by the sessions of a channel; its cursor moves with every pick. */
  facts: AssignmentFacts;
  /** Instead of `facts`: what a commit reads of the channel under lock. */
  readFacts: (() => AssignmentFacts) | null;
  hasClosingText: boolean;
  react: (messageId: MessageId, attempt: number) => Reaction;
  /** What reaches the journal between a decision and its commit. */
  meanwhile: () => void;
  mayAct: (actor: Actor) => boolean;
  /** When our processes run next: the same instant, unless they are down. */
  awake: (at: Instant) => Instant;
  onCommit: (commit: Commit) => void;
};

const QUIET: World = {
  kind: 'message',
  policy: clocks({}),
  loadPolicy: null,
  facts: facts({ team: [] }),
  readFacts: null,
  hasClosingText: true,
  react: () => ACCEPTED,
  meanwhile: () => undefined,
  mayAct: () => true,
  awake: (at) => at,
  onCommit: () => undefined,
};

export type Commit = {
  now: Instant;
  before: Session;
  turn: Turn;
  events: SessionEvent[];
  after: Session;
  /** What an assignment was decided from. */
  known: AssignmentFacts;
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
  #loaded: Policy | null = null;
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

  /** When something happens next if nobody does anything. */
  get nextAt(): Instant {
    return Math.min(this.#agenda[0]?.at ?? Infinity, this.#wakesAt());
  }

  run(until: Instant): this {
    for (;;) {
      this.#takeTurns();
      const next = this.nextAt;
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
    if (!this.#running && this.#waiting().some(({ kind }) => STARTING_KINDS.includes(kind))) {
      this.#running = true;
      this.#loaded = null;
    }
    if (this.world.awake(this.now) !== this.now) return;
    for (let turns = 0; this.#running; turns += 1) {
      if (turns > MAX_TURNS_AT_ONCE) throw new Error(`Never rests: ${this.#tell()}`);
      const entries = this.#waiting();
      const policy = this.#newestPolicy(entries);
      const turn = takeTurn(this.session, { entries, policy, denied: this.#denied, now: this.now });
      if (isIdle(turn)) break;
      this.#commit(turn);
    }
    const dueAt = nextDueAt(this.session);
    if (dueAt !== null && dueAt <= this.now) throw new Error(`Due, but idle: ${this.#tell()}`);
    const { status, sends } = this.session;
    if (status === 'done' && sends.length === 0) this.#running = false;
  }

  /** As the run does it: read when it begins, when newer settings are heard of, and when the known hours end soon. */
  #newestPolicy(entries: readonly Entry[]): Policy {
    const { loadPolicy, policy } = this.world;
    if (loadPolicy === null) return policy;
    const known =
      this.#loaded !== null && isNewer(this.#loaded, this.session.policy)
        ? this.#loaded
        : this.session.policy;
    const versions = entries.map((one) => (one.kind === 'settings_changed' ? one.version : 0));
    const isOld = Math.max(0, ...versions) > known.version;
    const hoursEndAt = isOpen(this.session) ? refreshAt(known) : null;
    if (this.#loaded !== null && !isOld && (hoursEndAt === null || hoursEndAt > this.now))
      return this.#loaded;
    const oldest = Math.min(Infinity, ...entries.map(({ at }) => at));
    this.#loaded = loadPolicy(Math.min(clocksSince(this.session, this.now), oldest), this.now);
    return this.#loaded;
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
    const known = this.#read();
    const answer = this.#answer(turn, known);
    const { session, events: more } = conclude(turn.session, answer.events, this.now);
    const events = [...turn.events, ...more];
    const byClock = turn.ask !== null && (turn.ask.ask === 'close' || turn.ask.how === 'timeout');
    if ((byClock || needsTip(events, session)) && this.tip > session.lastSeq) return;

    const { picked } = answer;
    const cursors = { ...known.cursors };
    if (picked !== null) known.cursors[picked.rotation] = picked.agent;
    for (const { commandId: id, refused } of [...turn.outcomes, ...answer.outcomes])
      this.outcomes.set(id, refused);
    const commit: Commit = {
      now: this.now,
      before: this.session,
      turn,
      events,
      after: session,
      known: { ...known, rules: { ...known.rules }, cursors },
    };
    this.commits.push(commit);
    this.session = session;
    this.#denied = [];
    for (const event of events) this.#platform.follow(event);
    this.world.onCommit(commit);
  }

  #read(): AssignmentFacts {
    return this.world.readFacts?.() ?? this.world.facts;
  }

  #answer({ ask, session }: Turn, known: AssignmentFacts) {
    const { hasClosingText, kind } = this.world;
    if (ask === null) return { events: [], outcomes: [], picked: null };
    if (ask.ask === 'assign') {
      const { events, refused, picked } = decideAssignment(ask, session, known, this.now);
      const outcomes = ask.commandId === null ? [] : [{ commandId: ask.commandId, refused }];
      return { events, outcomes, picked };
    }
    const written = this.journal.findLast((entry) => entry.kind === 'customer_message');
    const close = {
      kind,
      hasText: hasClosingText,
      windowOpenUntil: windowOpenUntil(written?.at ?? null),
      messageId: this.newMessage(),
    };
    return { events: decideClose(close, this.now), outcomes: [], picked: null };
  }
}
