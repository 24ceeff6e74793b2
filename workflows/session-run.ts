import {
  condition,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { CommitActivities, SessionReads } from '#activities/index.ts';
import type { CommitResult, TurnToCommit } from '#activities/protocol.ts';
import { explain } from '#domain/explain.ts';
import type { SessionId } from '#domain/ids.ts';
import { nextDueAt } from '#domain/session/clocks.ts';
import type { Entry } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import { isIdle, takeTurn, type Turn } from '#domain/session/turn.ts';
import { upcast } from '#domain/session/upcast.ts';
import { Alarm } from './alarm.ts';
import { EntryQueue } from './entry-queue.ts';
import type { Carried, SessionView } from './messages.ts';
import { NewestPolicy } from './newest-policy.ts';
import { ShownAttributes } from './shown-attributes.ts';
import { Sends } from './sends.ts';

/** Only reads: a local activity runs again when its task is retried, and a write of it would overtake a newer one. */
const reads = proxyLocalActivities<SessionReads>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '100ms', maximumInterval: '2s' },
});
const { commitTurn } = proxyActivities<CommitActivities>({
  startToCloseTimeout: '3s',
  retry: { initialInterval: '100ms', maximumInterval: '5s' },
});

/** A history this long is carried over into a new run at the next quiet moment; most sessions never get there. */
const MAX_HISTORY_EVENTS = 2_000;
/** While a delivery lies unread, a close or time-out is tried again after this, growing by half up to the second. */
const UNREAD_WAIT_MS = 100;
const UNREAD_WAIT_MAX_MS = 2_000;
/** Events told in the current details. */
const RECENT_EVENTS = 10;

/** One run of a session's workflow: a serial loop. What arrives while a turn is being committed waits for the next. */
export class SessionRun {
  readonly #sessionId: SessionId;
  readonly #alarm = new Alarm();
  readonly #entries = new EntryQueue();
  readonly #sends = new Sends();
  readonly #attributes = new ShownAttributes();
  readonly #policy = new NewestPolicy((since) => reads.loadPolicy(since));
  /** The journal did not end with what was loaded of it. */
  #more = false;
  /** Somebody misses something: what was committed and what waits is read anew. */
  #isToCheck = false;
  /** Null until it is read what was committed last, and again when another run committed meanwhile. */
  #held: Carried | null;
  /** The number that this run writes under; its first commit takes it. */
  #run: number | null;
  #denied: number[] = [];
  #deliveriesUpTo: number | null = null;
  #unreadWaitMs = UNREAD_WAIT_MS;
  #commits = 0;
  #woken = false;
  /** A newer program is to serve the session: the run is carried over at the next quiet moment. */
  #isToMigrate = false;
  #recent: SessionEvent[] = [];

  constructor(sessionId: SessionId, carry: Carried | null) {
    this.#sessionId = sessionId;
    this.#held = carry && { ...carry, session: upcast(carry.session) };
    this.#run = carry?.run ?? null;
    if (this.#held !== null) setCurrentDetails(explain(this.#held.session, []));
  }

  /** Whatever a signal holds: an error here would fail the run's task again and again. */
  receive(entries: unknown): void {
    // Who sends an array sends entries: relay and watchdog. Anything else is somebody's hand in Temporal's UI.
    const told = Array.isArray(entries) ? (entries as Entry[]) : [];
    this.#entries.add(told);
    this.#isToCheck ||= told.length === 0;
    this.#woken = true;
  }

  view(): SessionView {
    return {
      session: this.#held?.session ?? null,
      version: this.#held?.version ?? 0,
      waiting: this.#entries.size,
    };
  }

  explain(): string {
    if (this.#held === null) return 'Reading what was committed last.';
    return explain(this.#held.session, this.#recent);
  }

  /** @returns what the next run goes on from, or null when there is nothing left to serve */
  async serve(): Promise<Carried | null> {
    for (;;) {
      // Temporal may have been restored from a backup: then the database knows more than this run.
      if (this.#isToCheck) this.#held = null;
      this.#isToCheck = false;
      const held = this.#held ?? (await this.#hydrate());
      if (held === null) return null;
      // An intake that is away for hours must not let the history grow up to Temporal's limit.
      if (this.#deliveriesUpTo !== null && this.#wantsNewRun()) return held;
      this.#entries.dropUpTo(held.session.lastSeq);
      await this.#fillUp(held);
      await this.#policy.refresh(held.session, this.#entries, this.#now());
      const now = this.#now();
      const entries = this.#entries.contiguous(held.session.lastSeq);
      this.#isToMigrate ||= entries.some(({ kind }) => kind === 'migrate');
      const turn = takeTurn(held.session, {
        entries,
        policy: this.#policy.policy,
        denied: this.#denied,
        now,
      });
      if (!isIdle(turn)) await this.#commit(held, turn, now);
      else if (this.#isOver(held)) return null;
      else if (this.#wantsNewRun()) return held;
      else await this.#rest(held);
    }
  }

  async #hydrate(): Promise<Carried | null> {
    const hydrated = await reads.hydrate(this.#sessionId);
    if (hydrated === null) return null;
    const { run, version, entries, more } = hydrated;
    // What an older program had stored or loaded comes up again when its history is replayed.
    const session = upcast(hydrated.session);
    this.#entries.add(entries);
    this.#more = more;
    this.#policy.took(hydrated.policy);
    this.#run = null;
    this.#held = { session, run, version };
    // A run that takes over an open session shows it at once: its first commit may be far away.
    if (isOpen(session)) this.#show(session);
    return this.#held;
  }

  /** The relay's batches have no gaps, but one may have gone to a run that is no more; and loads come in parts. */
  async #fillUp(held: Carried): Promise<void> {
    const isDrained = this.#more && this.#entries.size === 0;
    if (isDrained || this.#entries.hasGapAfter(held.session.lastSeq)) await this.#load(held);
  }

  async #load(held: Carried): Promise<void> {
    const { entries, more } = await reads.entriesAfter(this.#sessionId, held.session.lastSeq);
    this.#entries.add(entries);
    this.#more = more;
  }

  #show(session: Session): void {
    this.#attributes.show(session);
    setCurrentDetails(explain(session, this.#recent));
  }

  async #commit(held: Carried, turn: Turn, now: number): Promise<void> {
    const result = await commitTurn(this.#toCommit(held, turn, now));
    switch (result.is) {
      case 'committed':
        return this.#committed(held, turn, result);
      case 'stale':
      case 'gone':
        // Hydrating tells the two apart: it finds the newer state, or no session at all.
        this.#held = null;
        return;
      case 'behind':
        return this.#load(held);
      case 'denied':
        this.#denied.push(...result.seqs);
        return;
      case 'unread deliveries':
        return this.#awaitDeliveries(result.upTo);
    }
  }

  #toCommit(held: Carried, turn: Turn, now: number): TurnToCommit {
    this.#commits += 1;
    return {
      sessionId: this.#sessionId,
      key: `${workflowInfo().runId}/${String(this.#commits)}`,
      expected: { run: held.run, version: held.version },
      run: this.#run ?? held.run + 1,
      events: turn.events,
      lastSeq: turn.session.lastSeq,
      outcomes: turn.outcomes,
      actors: turn.actors,
      ask: turn.ask,
      now,
      deliveriesUpTo: this.#deliveriesUpTo,
    };
  }

  #committed(held: Carried, turn: Turn, result: CommitResult & { is: 'committed' }): void {
    const session = result.events.reduce(evolve, turn.session);
    const events = [...turn.events, ...result.events];
    this.#run ??= held.run + 1;
    this.#held = { session, run: this.#run, version: result.version };
    this.#policy.heardOf(result.settingsVersion);
    this.#denied = [];
    this.#deliveriesUpTo = null;
    this.#unreadWaitMs = UNREAD_WAIT_MS;
    this.#recent = [...this.#recent, ...events].slice(-RECENT_EVENTS);
    this.#show(session);
    this.#sends.follow(this.#sessionId, events, () => {
      this.#woken = true;
    });
  }

  async #awaitDeliveries(upTo: number): Promise<void> {
    this.#deliveriesUpTo = upTo;
    this.#woken = false;
    await condition(() => this.#woken, this.#unreadWaitMs);
    this.#unreadWaitMs = Math.min(Math.ceil(1.5 * this.#unreadWaitMs), UNREAD_WAIT_MAX_MS);
  }

  #isOver(held: Carried): boolean {
    const { status, sends } = held.session;
    return status === 'done' && sends.length === 0 && this.#isQuiet();
  }

  #wantsNewRun(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    const isLong = continueAsNewSuggested || historyLength > MAX_HISTORY_EVENTS;
    return (isLong || this.#isToMigrate) && this.#isQuiet();
  }

  /** Nothing taken off a signal lies unprocessed, and no call is under way: the run may end. */
  #isQuiet(): boolean {
    return this.#entries.size === 0 && this.#sends.running === 0;
  }

  async #rest(held: Carried): Promise<void> {
    const dueAt = nextDueAt(held.session);
    if (dueAt !== null) this.#alarm.arm(dueAt);
    await condition(() => this.#woken || this.#alarm.rang);
    this.#woken = false;
    this.#alarm.take();
  }

  /** Never before an arrival that it has been told of: the database stamps those, and clocks differ. */
  #now(): number {
    return Math.max(Date.now(), this.#entries.newestAt());
  }
}
