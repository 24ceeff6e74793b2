import { isGrpcServiceError, type Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { v4 } from 'uuid';
import type { Db } from '#db/database.ts';
import { entriesAfter } from '#db/journal.ts';
import { giveBack, leaseSessions, markDelivered, type LeasedSession } from '#db/relay.ts';
import { STARTING_KINDS } from '#domain/session/entry.ts';
import { startOrTell, tellIfRunning } from '#workflows/tell-session.ts';
import { startLoop, type Loop } from './loop.ts';

export type RelayDeps = {
  db: Db;
  log: Logger;
  /** Null while Temporal cannot be reached: then nothing is leased, and the entries wait. */
  temporal: () => Promise<Client | null>;
  /** Operators follow it from Temporal's UI into the inbox. */
  inboxUrl?: string | undefined;
};

const BATCH = 32;
/** Entries in one signal: ids and times, about 200 bytes each. */
const MAX_ENTRIES = 100;
const IDLE_MS = 50;
/** Of one call to Temporal; well below the lease. */
const CALL_LIMIT_MS = 3_000;
/** While Temporal is away it is tried again this often: its return must not be found late. */
const MAX_AWAY_MS = 500;
/** Pauses of a session that Temporal refuses for a reason of its own. */
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 10_000;

/** Tells workflows what stands in their sessions' journals. At least once: who is told twice drops what it has seen. */
export function startRelay({ db, log, temporal, inboxUrl }: RelayDeps): Loop {
  const lease = v4();
  return startLoop({
    idleMs: IDLE_MS,
    maxErrorMs: MAX_AWAY_MS,
    onError: (error) => {
      log.warn({ err: error }, 'relay failed; it tries again');
    },
    async step() {
      const client = await temporal();
      if (client === null) return false;
      const sessions = await leaseSessions(db, lease, BATCH);
      if (sessions.length === 0) return false;
      const told = await Promise.all(
        sessions.map((session) => relay({ db, log, client, lease, inboxUrl }, session)),
      );
      // One that failed waits for its own time; when all failed, Temporal is away and the loop pauses.
      if (!told.includes(true)) throw new Error('Temporal took no signal');
      return true;
    },
  });
}

type Relaying = Omit<RelayDeps, 'temporal'> & { client: Client; lease: string };

/** @returns whether the session could be told */
async function relay(
  { db, log, client, lease, inboxUrl }: Relaying,
  session: LeasedSession,
): Promise<boolean> {
  try {
    const entries = await entriesAfter(db, session.id, session.deliveredSeq, MAX_ENTRIES);
    const last = entries.at(-1);
    if (last !== undefined) {
      const wakes =
        session.status !== 'done' || entries.some((entry) => STARTING_KINDS.includes(entry.kind));
      await client.withDeadline(Date.now() + CALL_LIMIT_MS, () =>
        wakes
          ? startOrTell(client, session, entries, inboxUrl)
          : tellIfRunning(client, session, entries),
      );
    }
    await markDelivered(db, lease, session.id, last?.seq ?? session.deliveredSeq);
    return true;
  } catch (error) {
    log.warn({ err: error, session: session.id }, 'a session could not be told; it is tried again');
    const pauseMs = isAway(error)
      ? 0
      : Math.min(FIRST_PAUSE_MS * 2 ** session.attempts, MAX_PAUSE_MS);
    await giveBack(db, lease, session.id, pauseMs);
    return false;
  }
}

/** gRPC: CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE. */
const AWAY = new Set([1, 4, 14]);

/** Not the session's fault: nobody answers. */
function isAway(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(cause) && AWAY.has(cause.code);
}
