import type { MessageId } from '#domain/ids.ts';
import { HOUR, SECOND, type Instant } from '#domain/instant.ts';
import type { SendResult } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { CLAIM_WITHIN_MS } from '#domain/session/sends.ts';
import type { Simulation } from './simulate.ts';

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

/** The activities that carry messages out, and the platform behind them. */
export class SimulatedPlatform {
  /** What reached the customer. */
  readonly arrived: MessageId[] = [];

  readonly #sim: Simulation;
  readonly #claimed = new Map<string, Reaction>();
  readonly #lastAttempt = new Map<MessageId, number>();
  readonly #closingTexts = new Set<MessageId>();

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** What a committed event sets going. */
  follow(event: SessionEvent): void {
    switch (event.type) {
      case 'CloseStarted':
        this.#closingTexts.add(event.messageId);
        return;
      case 'AttemptRecorded':
        this.#hand(event.messageId, event.attempt);
        return;
      case 'SettlementAsked':
        this.#soon(() => {
          this.#settle(event.messageId, event.attempt);
        });
        return;
      case 'LookedAt':
        this.#soon(() => {
          this.#look(event.messageId);
        });
        return;
      default:
        return;
    }
  }

  /** An activity that takes a second, and dies with its process. */
  #soon(act: () => void): void {
    const at = this.#sim.now + SECOND;
    if (this.#isAwake(at)) this.#sim.at(at, act);
  }

  #hand(messageId: MessageId, attempt: number): void {
    const { now, world } = this.#sim;
    const reaction = world.react(messageId, attempt);
    if (reaction.claimedAfter === null) return;
    const claimedAt = world.awake(now + reaction.claimedAfter);
    if (claimedAt - now > CLAIM_WITHIN_MS) return;
    this.#sim.at(claimedAt, () => {
      if (this.#mayClaim(messageId)) this.#claim(messageId, attempt, reaction);
    });
  }

  /** A closing text may only be handed over while nothing speaks for staying open. */
  #mayClaim(messageId: MessageId): boolean {
    const { session, tip } = this.#sim;
    if (!this.#closingTexts.has(messageId)) return true;
    if (session.status !== 'closing' || session.lastSeq !== tip) return false;
    return session.closingMessage === messageId;
  }

  #claim(messageId: MessageId, attempt: number, reaction: Reaction): void {
    const key = `${messageId}/${String(attempt)}`;
    if (this.#claimed.has(key)) throw new Error(`${key} is claimed already`);
    this.#claimed.set(key, reaction);
    this.#lastAttempt.set(messageId, attempt);
    const { report, arrives, echoAfter, reportedAfter } = reaction;
    if (report === 'sent' || (arrives && (report === 'unknown' || report === 'nothing'))) {
      this.arrived.push(messageId);
      if (echoAfter !== null) this.#tell(messageId, null, [{ is: 'sent' }, echoAfter]);
    }
    const at = this.#sim.now + reportedAfter;
    if (report !== 'nothing' && this.#isAwake(at))
      this.#tell(messageId, attempt, [resultOf(report, at), reportedAfter]);
  }

  #settle(messageId: MessageId, attempt: number): void {
    const claimed = this.#claimed.has(`${messageId}/${String(attempt)}`);
    this.#tell(messageId, attempt, [{ is: claimed ? 'unknown' : 'unclaimed' }, 0]);
  }

  #look(messageId: MessageId): void {
    const attempt = this.#lastAttempt.get(messageId);
    if (attempt === undefined) return;
    if (!this.#claimed.get(`${messageId}/${String(attempt)}`)?.looks) return;
    const is = this.arrived.includes(messageId) ? 'sent' : 'not_shown';
    this.#tell(messageId, attempt, [{ is }, 0]);
  }

  #tell(messageId: MessageId, attempt: number | null, [result, after]: [SendResult, number]): void {
    this.#sim.at(this.#sim.now + after, () => {
      this.#sim.write({ kind: 'send_outcome', send: { messageId, attempt, result } });
    });
  }

  #isAwake(at: Instant): boolean {
    return this.#sim.world.awake(at) === at;
  }
}

function resultOf(report: 'sent' | 'failed' | 'later' | 'unknown', at: Instant): SendResult {
  if (report === 'failed') return { is: 'failed', reason: 'blocked' };
  if (report === 'later') return { is: 'later', notBefore: at + HOUR / 4 };
  return { is: report };
}
