/** What workflow and activities say to each other. Plain JSON: ids, kinds, times and numbers; never text. */
import type { SessionId } from '#domain/ids.ts';
import type { Instant } from '#domain/instant.ts';
import type { Policy } from '#domain/policy.ts';
import { byRules, type Ask } from '#domain/session/ask.ts';
import type { Entry } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Session } from '#domain/session/session.ts';
import type { Actor, Outcome } from '#domain/session/turn.ts';

/** Part of the journal; `more` when it does not end there. */
export type Loaded = { entries: Entry[]; more: boolean };

/** A session as it was committed last, and what waits for it. */
export type Hydrated = Loaded & {
  session: Session;
  run: number;
  version: number;
  policy: Policy;
};

export type TurnToCommit = {
  sessionId: SessionId;
  /** Names this commit for good: the same key again gets the same answer and changes nothing. */
  key: string;
  /** What the session row must still say; the run's first commit raises `run` by one. */
  expected: { run: number; version: number };
  run: number;
  events: SessionEvent[];
  /** The journal is applied up to here. */
  lastSeq: number;
  outcomes: Outcome[];
  actors: Actor[];
  ask: Ask | null;
  now: Instant;
  /** Deliveries up to this one must have been read before a close or a time-out; null = up to the newest. */
  deliveriesUpTo: number | null;
};

export type CommitResult =
  /** `events` followed from the question, in the order in which they happened. */
  | { is: 'committed'; version: number; events: SessionEvent[]; settingsVersion: number }
  /** Another run committed first: hydrate again. */
  | { is: 'stale' }
  /** The session was erased. */
  | { is: 'gone' }
  /** There are newer entries, which must be taken in first. */
  | { is: 'behind' }
  /** A delivery up to this one has not been read yet; what is in it may speak against the move. */
  | { is: 'unread deliveries'; upTo: number }
  /** These entries' agents may not act here (any more). */
  | { is: 'denied'; seqs: number[] };

/** A turn that an older program had asked to commit, in the shape of today: activities outlive an upgrade. */
export function lifted(turn: TurnToCommit): TurnToCommit {
  const { ask, actors } = turn;
  return {
    ...turn,
    ask: ask?.ask === 'assign' ? byRules(ask) : ask,
    actors: actors.map((actor) => ({ ...NO_SUPPORT, ...actor })),
  };
}

const NO_SUPPORT = { supporters: [], needs: 'act' as const };
