import type { AgentId, ChannelId, SessionId } from '#domain/ids.ts';
import { notificationsOf, type Notification } from '#domain/notification.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { evolve } from '#domain/session/evolve.ts';
import type { Session } from '#domain/session/session.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';

export type StoredNotification = { id: string; agent: AgentId };

/** Stores whom a turn's events concern, so that nothing is lost on who is away (R60). */
export async function writeNotifications(
  trx: Trx,
  row: { id: SessionId; channelId: ChannelId; state: Session },
  events: readonly SessionEvent[],
): Promise<StoredNotification[]> {
  const told = notificationsThrough(row.state, events);
  if (told.length === 0) return [];
  const admins = told.some(({ to }) => to === 'admins') ? await adminsOf(trx, row.channelId) : [];
  const rows = told.flatMap(({ to, type, popup, assignment }) =>
    (to === 'admins' ? admins : [to]).map((agent) => ({
      id: newId<string>(),
      agent_id: agent,
      session_id: row.id,
      type,
      popup,
      assignment_no: assignment,
    })),
  );
  if (rows.length > 0) await trx.insertInto('notification').values(rows).execute();
  return rows.map((row) => ({ id: row.id, agent: row.agent_id }));
}

/** With the assignment that each one tells of, if it does. */
type Told = Notification & { assignment: number | null };

function notificationsThrough(before: Session, events: readonly SessionEvent[]): Told[] {
  let session = before;
  return events.flatMap((event) => {
    const told = notificationsOf(event, session);
    session = evolve(session, event);
    const assignment = event.type === 'Assigned' ? event.no : null;
    return told.map((one) => ({ ...one, assignment: one.type === 'assigned' ? assignment : null }));
  });
}

/** The team's admins, else the workspace owner (R44). */
async function adminsOf(db: Db, channelId: ChannelId): Promise<AgentId[]> {
  const admins = await db
    .selectFrom('agent')
    .innerJoin('channel_member as member', 'member.agent_id', 'agent.id')
    .select('agent.id')
    .where('member.channel_id', '=', channelId)
    .where('agent.role', '=', 'admin')
    .where('agent.disabled_at', 'is', null)
    .execute();
  if (admins.length > 0) return admins.map((row) => row.id);
  const owners = await db
    .selectFrom('agent')
    .select('id')
    .where('role', '=', 'owner')
    .where('disabled_at', 'is', null)
    .execute();
  return owners.map((row) => row.id);
}
