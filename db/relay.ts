/** The relay's side of session_queue: who has something to be told, and how far it was told. */
import { sql } from 'kysely';
import type { ChannelId, CustomerId, SessionId, SessionKind } from '#domain/ids.ts';
import type { Db } from './database.ts';

/** A session whose journal is ahead of what its workflow was told. */
export type LeasedSession = {
  id: SessionId;
  channelId: ChannelId;
  customerId: CustomerId;
  kind: SessionKind;
  status: 'open' | 'closing' | 'done';
  deliveredSeq: number;
  attempts: number;
};

/** A relay that dies keeps its sessions from the others no longer than this. */
const LEASE_SECONDS = 10;

/** Leases sessions, those that wait longest first, and lifts their mark to what has been applied meanwhile. */
export async function leaseSessions(
  db: Db,
  lease: string,
  limit: number,
): Promise<LeasedSession[]> {
  const { rows } = await sql<LeasedSession>`
    with ready as (
      select session_id from session_queue
      where last_seq > delivered_seq and not_before <= clock_timestamp()
        and (lease_until is null or lease_until < clock_timestamp())
      order by ready_since limit ${limit}
      for update skip locked
    )
    update session_queue q
    set lease = ${lease}, lease_until = clock_timestamp() + ${LEASE_SECONDS} * interval '1 second',
      delivered_seq = greatest(q.delivered_seq, s.applied_seq)
    from ready join session s on s.id = ready.session_id
    where q.session_id = ready.session_id
    returning s.id, s.channel_id as "channelId", s.customer_id as "customerId", s.kind, s.status,
      q.delivered_seq as "deliveredSeq", q.attempts
  `.execute(db);
  return rows;
}

/** The workflow was told up to `seq`: the mark moves, unless another relay holds the session by now. */
export async function markDelivered(
  db: Db,
  lease: string,
  sessionId: SessionId,
  seq: number,
): Promise<void> {
  await sql`
    update session_queue set delivered_seq = greatest(delivered_seq, ${seq}), lease = null, lease_until = null,
      attempts = 0, ready_since = case when last_seq > ${seq} then clock_timestamp() end
    where session_id = ${sessionId} and lease = ${lease}
  `.execute(db);
}

/** It could not be told now. @param pauseMs until it may be tried again; 0 = at once, which is not counted as a try */
export async function giveBack(
  db: Db,
  lease: string,
  sessionId: SessionId,
  pauseMs: number,
): Promise<void> {
  await sql`
    update session_queue set lease = null, lease_until = null,
      attempts = attempts + case when ${pauseMs}::float8 > 0 then 1 else 0 end,
      not_before = clock_timestamp() + ${pauseMs}::float8 * interval '1 millisecond'
    where session_id = ${sessionId} and lease = ${lease}
  `.execute(db);
}
