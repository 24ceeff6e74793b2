import { sql } from 'kysely';
import type { AgentRef } from '#contracts/agent.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import type { RefusalCode } from '#domain/refusal.ts';
import type { Db } from './database.ts';
import type { Database } from './schema.ts';
import type { Audience } from './stored.ts';

/** A place in the feed. Transaction ids as text: they do not fit a number. */
export type FeedPlace = { xid: string; id: number };

/** One thing for browsers to hear of, with who may. */
export type Change = FeedPlace & {
  topic: Database['change']['topic'];
  session_id: SessionId;
  subject_id: string | null;
  agent_id: AgentId | null;
  before: Audience;
  after: Audience;
  /** Of the topic 'command': what became of it. */
  state: 'pending' | 'done' | 'refused' | null;
  code: RefusalCode | null;
  detail: { assignee: AgentRef | null } | null;
};

/**
 * Changes after a place, oldest first. Only those of transactions older than every running one: what commits late
 * thus never slips in behind the place that a reader has reached.
 */
export async function changesAfter(db: Db, after: FeedPlace, limit: number): Promise<Change[]> {
  const { rows } = await sql<Change>`
    select change.xid::text as xid, change.id, change.topic, change.session_id, change.subject_id,
      change.agent_id, change.before, change.after, command.state, command.code, command.detail
    from change left join command on change.topic = 'command' and command.id = change.subject_id
    where (change.xid, change.id) > (${after.xid}::xid8, ${after.id}::bigint)
      and change.xid < pg_snapshot_xmin(pg_current_snapshot())
    order by change.xid, change.id
    limit ${limit}
  `.execute(db);
  return rows;
}

/** The place after all that is over: everything that is still running or begins later comes behind it. */
export async function endOfFeed(db: Db): Promise<FeedPlace> {
  const { rows } = await sql<{ xmin: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as xmin
  `.execute(db);
  // Below id 0 of the oldest running transaction: behind it comes all that this one and later ones write.
  return { xid: rows[0]?.xmin ?? '0', id: 0 };
}

/** For how long a browser may have been away and still be told what it missed. */
const RESUMABLE = '1 hour';
/** Longer: a change bears the time at which its transaction began, which may be a little before others'. */
const KEPT = '65 minutes';

/** Whether nothing that came after this place has been deleted yet, and so all of it can be told. */
export async function isResumable(db: Db, place: FeedPlace): Promise<boolean> {
  const { rows } = await sql<{ recent: boolean }>`
    select at > now() - ${RESUMABLE}::interval as recent from change
    where (xid, id) <= (${place.xid}::xid8, ${place.id}::bigint)
    order by xid desc, id desc limit 1
  `.execute(db);
  return rows[0]?.recent ?? false;
}

/** Deletes what no browser will ask for any more. @returns how many there were */
export async function deleteOldChanges(db: Db): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from change where id in (
      select id from change where at < now() - ${KEPT}::interval order by at limit 10000)
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}
