import { decideAssignment, type AssignmentFacts } from '#domain/assignment.ts';
import type { CommandId, MessageId } from '#domain/ids.ts';
import { HOUR, SECOND, type Instant } from '#domain/instant.ts';
import { windowOpenUntil } from '#domain/messaging-window.ts';
import type { Policy } from '#domain/policy.ts';
import type { Refusal } from '#domain/refusal.ts';
import { nextDueAt } from '#domain/session/clocks.ts';
import { decideClose } from '#domain/session/close.ts';
import { STARTING_KINDS, type Entry, type Fact, type SendResult } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { CLAIM_WITHIN_MS } from '#domain/session/sends.ts';
import { NEW_SESSION, type Session } from '#domain/session/session.ts';
import {
  conclude,
  isIdle,
  needsTip,
  takeTurn,
  type Actor,
  type Turn,
} from '#domain/session/turn.ts';
import { clocks, commandId, message } from './session-builders.ts';

/** How the platform, and the process that calls it, treat one attempt. Times in milliseconds. */
export type Reaction = {
  /** When a process claims the attempt, after its recording; null = none does. */
  claimedAfter: number | null;
  /** What the caller says, and when; 'nothing' = its process dies. */
  report: 'sent' | 'failed' | 'later' | 'unknown' | 'nothing';
  reportedAfter: number;
  /** Whether what nobody could tell of did arrive. */
  arrives: boolean;
  /** When the platform tells of what arrived; null = never. */
  echoAfter: number | null;
  /** Whether who looks at the conversation lives to tell. */
  looks: boolean;
};

export const ACCEPTED: Reaction = {
  claimedAfter: 100,
  report: 'sent',
  reportedAfter: 400,
  arrives: true,
  echoAfter: null,
  looks: true,
};

export type World = {
  policy: Policy;
  /** Shared by the sessions of a channel; its cursor moves with every pick. */
  facts: AssignmentFacts;
  hasClosingText: boolean;
  react: (messageId: MessageId, attempt: number) => Reaction;
  /** What reaches the journal between a decision and its commit. */
  meanwhile: () => readonly Fact[];
  mayAct: (actor: Actor) => boolean;
  /** When our processes run next: the same instant, unless they are down. */
  awake: (at: Instant) => Instant;
};

const QUIET: World = {
  policy: clocks({}),
  facts: { distribution: true, team: [], cursor: null },
  hasClosingText: true,
  react: () => ACCEPTED,
  meanwhile: () => [],
  mayAct: () => true,
  awake: (at) => at,
};

export type Commit = {
  now: Instant;
  before: Session;
  turn: Turn;
  events: SessionEvent[];
  after: Session;
};

/** More turns than this at one moment are a loop that never rests. */
const MAX_TURNS_AT_ONCE = 200;

/** One session with its journal, its clock and the platform, without any process: whole days in milliseconds. */
export class Simulation {
  readonly world: World;
  readonly journal: Entry[] = [];
  readonly commits: Commit[] = [];
  readonly outcomes = new Map<CommandId, Refusal | null>();
  /** What reached the customer. */
  readonly arrived: MessageId[] = [];
  session: Session = NEW_SESSION;
  now: Instant;

  readonly #agenda: { at: Instant; act: () => void }[] = [];
  readonly #claimed = new Map<string, Reaction>();
  readonly #lastAttempt = new Map<MessageId, number>();
  readonly #closingTexts = new Set<MessageId>();
  #denied: number[] = [];
  #running = false;
  #ids = 0;

  constructor(now: Instant, world: Partial<World> = {}) {
    this.now = now;
    this.world = { ...QUIET, ...world };
  }

  get events(): SessionEvent[] {
    return this.commits.flatMap(({ events }) => events);
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
    for (const fact of this.world.meanwhile()) this.write(fact);
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

    this.world.facts.cursor = answer.cursor;
    for (const { commandId: id, refused } of [...turn.outcomes, ...answer.outcomes])
      this.outcomes.set(id, refused);
    this.commits.push({ now: this.now, before: this.session, turn, events, after: session });
    this.session = session;
    this.#denied = [];
    for (const event of events) this.#follow(event);
  }

  #answer({ ask, session }: Turn) {
    const { facts, hasClosingText } = this.world;
    if (ask === null) return { events: [], outcomes: [], cursor: facts.cursor };
    if (ask.ask === 'assign') {
      const { events, refused, cursor } = decideAssignment(ask, session, facts, this.now);
      const outcomes = ask.commandId === null ? [] : [{ commandId: ask.commandId, refused }];
      return { events, outcomes, cursor };
    }
    const written = this.journal.findLast(({ kind }) => kind === 'customer_message');
    const close = {
      hasText: hasClosingText,
      windowOpenUntil: windowOpenUntil(written?.at ?? null),
      messageId: this.newMessage(),
    };
    return { events: decideClose(close, this.now), outcomes: [], cursor: facts.cursor };
  }

  #follow(event: SessionEvent): void {
    switch (event.type) {
      case 'CloseStarted':
        this.#closingTexts.add(event.messageId);
        return;
      case 'AttemptRecorded':
        return this.#hand(event.messageId, event.attempt);
      case 'SettlementAsked':
        return this.#soon(() => {
          this.#settle(event.messageId, event.attempt);
        });
      case 'LookedAt':
        return this.#soon(() => {
          this.#look(event.messageId);
        });
      default:
        return;
    }
  }

  /** An activity that takes a second, and dies with its process. */
  #soon(act: () => void): void {
    const at = this.now + SECOND;
    if (this.world.awake(at) === at) this.at(at, act);
  }

  #hand(messageId: MessageId, attempt: number): void {
    const reaction = this.world.react(messageId, attempt);
    if (reaction.claimedAfter === null) return;
    const claimedAt = this.world.awake(this.now + reaction.claimedAfter);
    if (claimedAt - this.now > CLAIM_WITHIN_MS) return;
    this.at(claimedAt, () => {
      this.#claim(messageId, attempt, reaction);
    });
  }

  #claim(messageId: MessageId, attempt: number, reaction: Reaction): void {
    if (this.#closingTexts.has(messageId) && !this.#mayClose(messageId)) return;
    const key = `${messageId}/${String(attempt)}`;
    if (this.#claimed.has(key)) throw new Error(`${key} is claimed already`);
    this.#claimed.set(key, reaction);
    this.#lastAttempt.set(messageId, attempt);
    const { report, arrives, echoAfter } = reaction;
    if (report === 'sent' || (arrives && (report === 'unknown' || report === 'nothing'))) {
      this.arrived.push(messageId);
      if (echoAfter !== null) this.#report(messageId, null, [{ is: 'sent' }, echoAfter]);
    }
    const at = this.now + reaction.reportedAfter;
    if (report === 'nothing' || this.world.awake(at) !== at) return;
    this.#report(messageId, attempt, [resultOf(report, at), reaction.reportedAfter]);
  }

  /** The closing text may only be handed out while nothing speaks for staying open. */
  #mayClose(messageId: MessageId): boolean {
    const { status, lastSeq } = this.session;
    if (status !== 'closing' || lastSeq !== this.tip) return false;
    return this.session.closingMessage === messageId;
  }

  #settle(messageId: MessageId, attempt: number): void {
    const claimed = this.#claimed.has(`${messageId}/${String(attempt)}`);
    this.#report(messageId, attempt, [{ is: claimed ? 'unknown' : 'unclaimed' }, 0]);
  }

  #look(messageId: MessageId): void {
    const attempt = this.#lastAttempt.get(messageId);
    if (attempt === undefined) return;
    if (!this.#claimed.get(`${messageId}/${String(attempt)}`)?.looks) return;
    const is = this.arrived.includes(messageId) ? 'sent' : 'not_shown';
    this.#report(messageId, attempt, [{ is }, 0]);
  }

  #report(
    messageId: MessageId,
    attempt: number | null,
    [result, after]: [SendResult, number],
  ): void {
    this.at(this.now + after, () => {
      this.write({ kind: 'send_outcome', send: { messageId, attempt, result } });
    });
  }
}

function resultOf(report: 'sent' | 'failed' | 'later' | 'unknown', at: Instant): SendResult {
  if (report === 'failed') return { is: 'failed', reason: 'blocked' };
  if (report === 'later') return { is: 'later', notBefore: at + HOUR / 4 };
  return { is: report };
}
