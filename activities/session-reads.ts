import type { Db } from '#db/database.ts';
import { entriesAfter as journalAfter } from '#db/journal.ts';
import { readPolicy, toPolicy } from '#db/policy.ts';
import type { SessionId } from '#domain/ids.ts';
import type { Policy } from '#domain/policy.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import type { Hydrated, Loaded } from './protocol.ts';

/** Entries handed to a run at once; when it has applied them it loads the next ones. */
const BATCH = 100;

/** What was committed last and what waits. @returns null when the session does not exist (any more) */
export async function hydrate(db: Db, sessionId: SessionId): Promise<Hydrated | null> {
  const row = await db
    .selectFrom('session')
    .innerJoin('workspace', (join) => join.onTrue())
    .select(['state', 'run', 'version', 'clocks', 'settings_version'])
    .where('session.id', '=', sessionId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const session = row.state ?? NEW_SESSION;
  return {
    session,
    run: row.run,
    version: row.version,
    policy: toPolicy(row.clocks, row.settings_version),
    ...(await entriesAfter(db, sessionId, session.lastSeq)),
  };
}

/** Entries of the journal after a place in it. */
export async function entriesAfter(db: Db, sessionId: SessionId, seq: number): Promise<Loaded> {
  const entries = await journalAfter(db, sessionId, seq, BATCH);
  return { entries, more: entries.length === BATCH };
}

/** The newest clocks. */
export function loadPolicy(db: Db): Promise<Policy> {
  return readPolicy(db);
}
