import { sql } from 'kysely';
import type { ChannelId, SessionId } from '#domain/ids.ts';
import type { Trx } from './database.ts';
import { tellSessions } from './journal.ts';

/** Sessions per statement. */
const CHUNK = 200;

/**
 * Tells the sessions that may have come while a channel's distribution was off that it is on again (R5). Which of them
 * join the line, they know themselves; so those are told too whose next turn is not committed yet, as it may have read
 * the old settings.
 * @param told those that have been told already
 * @returns who has been told by now
 */
export async function tellDistributionOn(
  trx: Trx,
  channelId: ChannelId,
  told: ReadonlySet<SessionId> = new Set(),
): Promise<Set<SessionId>> {
  const ids = (await mayBeHeld(trx, channelId)).filter((id) => !told.has(id));
  // In order of their ids, as everybody locks them.
  for (let from = 0; from < ids.length; from += CHUNK)
    await tellSessions(trx, ids.slice(from, from + CHUNK), { kind: 'distribution_on' });
  return new Set([...told, ...ids]);
}

async function mayBeHeld(trx: Trx, channelId: ChannelId): Promise<SessionId[]> {
  const { rows } = await sql<{ id: SessionId }>`
    select session.id from session join session_queue queue on queue.session_id = session.id
    where session.channel_id = ${channelId} and session.status <> 'done'
      and ((session.assignee_id is null and session.in_line_since is null)
        or queue.last_seq > session.applied_seq)
    union
    select id from session
    where channel_id = ${channelId} and status = 'done' and start_seq > applied_seq
    order by id
  `.execute(trx);
  return rows.map(({ id }) => id);
}
