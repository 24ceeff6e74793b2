import type { Db } from '#db/database.ts';
import { entriesAfter as journalAfter } from '#db/journal.ts';
import { POLICY_COLUMNS, readPolicy, toPolicy } from '#db/policy.ts';
import type { SessionId } from '#domain/ids.ts';
import type { Policy } from '#domain/policy.ts';
import type { Instant } from '#domain/instant.ts';
import { clocksSince } from '#domain/session/clocks.ts';
import { upcast } from '#domain/session/upcast.ts';
import type { Hydrated, Loaded } from './protocol.ts';

/** Entries handed to a run at once; when it has applied them it loads the next ones. */
const BATCH = 100;

/** What was committed last and what waits. @returns null when the session does not exist (any more) */
export async function hydrate(db: Db, sessionId: SessionId): Promise<Hydrated | null> {
  const row = await db
    .selectFrom('session')
    .innerJoin('workspace', (join) => join.onTrue())
    .select(['state', 'run', 'version', ...POLICY_COLUMNS])
    .where('session.id', '=', sessionId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const session = upcast(row.state);
  const loaded = await entriesAfter(db, sessionId, session.lastSeq);
  const now = Date.now();
  const since = Math.min(clocksSince(session, now), loaded.entries[0]?.at ?? now);
  return {
    session,
    run: row.run,
    version: row.version,
    policy: toPolicy(row, since, now),
    ...loaded,
  };
}

/** Entries of the journal after a place in it. */
export async function entriesAfter(db: Db, sessionId: SessionId, seq: number): Promise<Loaded> {
  const entries = await journalAfter(db, sessionId, seq, BATCH);
  return { entries, more: entries.length === BATCH };
}

/** The newest clocks. @param since the earliest moment from which one of the session's clocks may run */
export function loadPolicy(db: Db, since: Instant): Promise<Policy> {
  return readPolicy(db, since);
}
