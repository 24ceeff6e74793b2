/** Sessions that ought to be served and, by the look of the database, are not. */
import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { ChannelId, CustomerId, SessionId, SessionKind } from '#domain/ids.ts';

export type Neglected = {
  id: SessionId;
  channelId: ChannelId;
  customerId: CustomerId;
  kind: SessionKind;
};

/** Something is overdue for this long before it counts as neglected, in seconds. */
const PATIENCE_SECONDS = 30;

/**
 * Sessions with a deadline long past, with entries that nobody applied, or done with a starting fact unapplied.
 * Most neglected first.
 */
export async function neglectedSessions(db: Db, limit: number): Promise<Neglected[]> {
  const lateAt = sql`now() - ${PATIENCE_SECONDS} * interval '1 second'`;
  // `limit 1` keeps the journal's part a look-up by its key for each session, whatever the planner believes.
  const { rows } = await sql<Neglected>`
    with neglected as (
      select s.id, s.next_due_at as since from session s where s.next_due_at < ${lateAt}
      union
      select s.id, j.at from session s, lateral (
        select at from session_journal where session_id = s.id and seq = s.start_seq limit 1) j
      where s.status = 'done' and s.start_seq > s.applied_seq and j.at < ${lateAt}
      union
      select s.id, j.at from session s join session_queue q on q.session_id = s.id, lateral (
        select at from session_journal where session_id = s.id and seq = s.applied_seq + 1 limit 1) j
      where s.status <> 'done' and q.last_seq > s.applied_seq and j.at < ${lateAt}
    )
    select s.id, s.channel_id as "channelId", s.customer_id as "customerId", s.kind
    from (select id, min(since) as since from neglected group by id order by 2 limit ${limit}) n
    join session s using (id)
    order by n.since
  `.execute(db);
  return rows;
}

/** Open sessions after an id, in the order of their ids: for walking through all of them. */
export async function openSessionsAfter(
  db: Db,
  after: string,
  limit: number,
): Promise<Neglected[]> {
  const rows = await db
    .selectFrom('session')
    .select(['id', 'channel_id', 'customer_id', 'kind'])
    .where('status', '<>', sql.lit('done' as const))
    .where('id', '>', after as SessionId)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    channelId: row.channel_id,
    customerId: row.customer_id,
    kind: row.kind,
  }));
}
