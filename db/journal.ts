import { sql } from 'kysely';
import type { SessionId } from '#domain/ids.ts';
import { STARTING_KINDS, type Entry, type Fact } from '#domain/session/entry.ts';
import type { Db, Trx } from './database.ts';

/** A session's place in the journal, held under lock until the transaction ends. */
export type QueuePlace = { sessionId: SessionId; lastSeq: number };

/**
 * Locks the queue rows of sessions, in the order of their ids, so that two writers never wait for each other.
 * Whoever writes a session's journal, or must know that nobody does, holds this lock; it comes before the session row's.
 */
export async function lockQueues(
  trx: Trx,
  sessionIds: readonly SessionId[],
): Promise<Map<SessionId, QueuePlace>> {
  const ids = [...new Set(sessionIds)].sort();
  if (ids.length === 0) return new Map();
  const rows = await trx
    .selectFrom('session_queue')
    .select(['session_id', 'last_seq'])
    .where('session_id', '=', sql<SessionId>`any(${ids})`)
    .orderBy('session_id')
    .forUpdate()
    .execute();
  return new Map(
    rows.map((row) => [row.session_id, { sessionId: row.session_id, lastSeq: row.last_seq }]),
  );
}

export type NewEntry = { sessionId: SessionId; seq: number; at: Date; fact: Fact };

/**
 * Appends entries whose seq the caller gave under `lockQueues`, moves the queues on and tells the relay's index
 * that there is something to deliver. `start_seq` of the session rises with facts that wake a Done session.
 */
export async function appendEntries(trx: Trx, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({
    session_id: entry.sessionId,
    seq: entry.seq,
    at: entry.at.toISOString(),
    kind: entry.fact.kind,
    fact: entry.fact,
  }));
  const starting = STARTING_KINDS.map((kind) => `${kind}`);
  await sql`
    with entry as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as t(session_id text, seq bigint, at timestamptz, kind text, fact jsonb)
    ), journal as (
      insert into session_journal (session_id, seq, at, kind, fact)
      select session_id, seq, at, kind, fact from entry
    ), head as (
      select session_id, max(seq) as last_seq,
        max(seq) filter (where kind = any(${starting})) as start_seq
      from entry group by session_id
    ), queue as (
      update session_queue q
      set last_seq = head.last_seq, ready_since = coalesce(q.ready_since, clock_timestamp())
      from head where q.session_id = head.session_id
    )
    update session s set start_seq = head.start_seq
    from head where s.id = head.session_id and head.start_seq is not null
  `.execute(trx);
}

/** Appends the same fact to many sessions, behind what stands there. @returns when; sessions that are gone are left out */
export async function tellSessions(trx: Trx, ids: readonly SessionId[], fact: Fact): Promise<Date> {
  const places = await lockQueues(trx, ids);
  const at = await databaseNow(trx);
  const entries = [...places.values()].map(({ sessionId, lastSeq }) => ({
    sessionId,
    seq: lastSeq + 1,
    at,
    fact,
  }));
  await appendEntries(trx, entries);
  return at;
}

/** Appends facts to one session that is locked already. @returns the seq of the first */
export async function append(trx: Trx, place: QueuePlace, facts: readonly Fact[]): Promise<number> {
  const first = place.lastSeq + 1;
  const at = await databaseNow(trx);
  await appendEntries(
    trx,
    facts.map((fact, index) => ({ sessionId: place.sessionId, seq: first + index, at, fact })),
  );
  place.lastSeq += facts.length;
  return first;
}

/** The database's clock: the one clock that stamps arrivals. */
export async function databaseNow(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error('The database did not say what time it is');
  return row.now;
}

/** Entries after a place in the journal, oldest first. */
export async function entriesAfter(
  db: Db,
  sessionId: SessionId,
  afterSeq: number,
  limit: number,
): Promise<Entry[]> {
  const rows = await db
    .selectFrom('session_journal')
    .select(['seq', 'at', 'fact'])
    .where('session_id', '=', sessionId)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => toEntry(row));
}

export function toEntry(row: { seq: number; at: Date; fact: unknown }): Entry {
  // Facts are written by appendEntries alone, from the same type.
  return { ...(row.fact as Fact), seq: row.seq, at: row.at.getTime() };
}
