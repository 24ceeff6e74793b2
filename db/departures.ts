import { sql } from 'kysely';
import type { AgentId, ChannelId, SessionId } from '#domain/ids.ts';
import type { Db, Trx } from './database.ts';
import { tellSessions } from './journal.ts';
import type { DepartureCause } from './stored.ts';

export type Departure = {
  agent: AgentId;
  /** Null: every channel. */
  channel: ChannelId | null;
  cause: DepartureCause;
};

/**
 * Puts it on its way that somebody's sessions are handed on (R57, R58), in the transaction that lets them go. They are
 * found later, when every assignment that had still counted on them has ended.
 */
export async function recordDepartures(trx: Trx, departures: readonly Departure[]): Promise<void> {
  if (departures.length === 0) return;
  await trx
    .insertInto('departure')
    .values(
      departures.map(({ agent, channel, cause }) => ({
        agent_id: agent,
        channel_id: channel,
        cause,
      })),
    )
    .execute();
}

/** Tells the sessions of who left, of one departure. @returns false when nobody has left */
export async function tellDeparture(db: Db): Promise<boolean> {
  const next = await db
    .selectFrom('departure')
    .select(['id', 'channel_id'])
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  if (next === undefined) return false;
  await db.transaction().execute((trx) => awaitAssignments(trx, next.channel_id));
  await db.transaction().execute((trx) => tell(trx, next.id));
  return true;
}

/**
 * Waits for the assignments under way: one that had read the team before somebody left it holds the rotation until it is
 * committed. In a transaction of its own, since everywhere else the rotation is locked after the queues.
 */
async function awaitAssignments(trx: Trx, channel: ChannelId | null): Promise<void> {
  await sql`
    select from rotation where ${channel}::text is null or channel_id = ${channel}
    order by channel_id, kind, target for update
  `.execute(trx);
}

async function tell(trx: Trx, id: number): Promise<void> {
  const departure = await trx
    .deleteFrom('departure')
    .where('id', '=', id)
    .returning(['agent_id', 'channel_id', 'cause'])
    .executeTakeFirst();
  // Another process was faster.
  if (departure === undefined) return;
  const { agent_id: agent, channel_id: channel, cause } = departure;
  const ids = await concerned(trx, { agent, channel, cause });
  await tellSessions(trx, ids, { kind: 'agent_left', agent, cause });
}

/** Whose assignee or supporter that is; of who only went away nobody else is told. The rules say what becomes of it. */
async function concerned(trx: Trx, { agent, channel, cause }: Departure): Promise<SessionId[]> {
  const { rows } = await sql<{ id: SessionId }>`
    select id from session
    where status <> 'done' and (${channel}::text is null or channel_id = ${channel})
      and (assignee_id = ${agent} or (${cause === 'left'} and supporters @> array[${agent}]::text[]))
    order by waiting_since nulls last, id
  `.execute(trx);
  return rows.map((row) => row.id);
}
