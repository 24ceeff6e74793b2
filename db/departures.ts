import { sql, type Selectable } from 'kysely';
import { WHOLE_POOL } from '#domain/rotation.ts';
import type { AgentId, ChannelId, SessionId } from '#domain/ids.ts';
import type { Db, Trx } from './database.ts';
import { tellSessions } from './journal.ts';
import type { Database } from './schema.ts';
import type { DepartureCause } from './stored.ts';
import { supportedBy } from './visibility.ts';

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
  // Written, not only locked: the first assignment of a kind makes its row, which nobody sees before it is committed.
  await sql`
    insert into rotation (channel_id, kind, target)
    select id, kind, ${WHOLE_POOL} from channel, unnest(array['comment', 'message']) kind
    where ${channel}::text is null or id = ${channel}
    order by id, kind
    on conflict (channel_id, kind, target) do update set cursor = rotation.cursor
  `.execute(trx);
}

/** Sessions per transaction: their queues are locked meanwhile. */
const CHUNK = 200;

type Telling = Pick<
  Selectable<Database['departure']>,
  'agent_id' | 'channel_id' | 'cause' | 'told_to'
>;

/** Tells the next of them, in order of their ids; with the last the departure is over. */
async function tell(trx: Trx, id: number): Promise<void> {
  const departure = await trx
    .selectFrom('departure')
    .select(['agent_id', 'channel_id', 'cause', 'told_to'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  // Another process was faster.
  if (departure === undefined) return;
  const ids = await concerned(trx, departure);
  await tellSessions(trx, ids, {
    kind: 'agent_left',
    agent: departure.agent_id,
    cause: departure.cause,
  });
  const last = ids.at(-1);
  if (last === undefined || ids.length < CHUNK)
    await trx.deleteFrom('departure').where('id', '=', id).execute();
  else await trx.updateTable('departure').set({ told_to: last }).where('id', '=', id).execute();
}

/**
 * Whose assignee or supporter that is, or may be as soon as what stands in the journal is applied; of who only went away
 * nobody but the assignee's sessions are told. The rules say what becomes of them.
 */
async function concerned(
  trx: Trx,
  { agent_id: agent, channel_id: channel, cause, told_to }: Telling,
): Promise<SessionId[]> {
  const helps = sql`${supportedBy(agent)} or queue.last_seq > session.applied_seq`;
  const { rows } = await sql<{ id: SessionId }>`
    select session.id from session join session_queue queue on queue.session_id = session.id
    where session.id > ${told_to} and status <> 'done'
      and (${channel}::text is null or channel_id = ${channel})
      and (assignee_id = ${agent} or (${cause === 'left'} and (${helps})))
    order by session.id limit ${CHUNK}
  `.execute(trx);
  return rows.map((row) => row.id);
}
