/** What an agent is told, as they read it. */
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { Problem } from '#contracts/errors.ts';
import type { Notification, NotificationQuery } from '#contracts/notification.ts';
import type { AgentId, ChannelId, SessionId } from '#domain/ids.ts';
import { recordChanges } from './changes.ts';
import { decodeCursor, exactTime, pageOf, placeId } from './cursor.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { agentRefOf } from './session-row.ts';
import { supportedBy, visibleTo } from './visibility.ts';

type Found = {
  id: string;
  exact_at: string;
  type: Notification['type'];
  popup: boolean;
  created_at: Date;
  read_at: Date | null;
  session_id: SessionId;
  kind: Notification['session']['kind'];
  channel_id: ChannelId;
  customer_name: string | null;
  note: string | null;
  by_id: AgentId | null;
  by_name: string | null;
};

const place = z.tuple([exactTime, placeId]);

/**
 * A person's notifications, newest first: of sessions that they may (still) see, without assignments and invitations
 * that no longer hold.
 */
export async function listNotifications(
  db: Db,
  person: Person,
  query: NotificationQuery,
): Promise<{ notifications: Notification[]; cursor: string | null }> {
  const { rows } = await sql<Found>`
    select told.id, told.exact_at, told.type, told.popup, told.created_at, told.read_at, told.session_id,
      told.kind, told.channel_id, customer.name as customer_name, note.text as note,
      giver.id as by_id, giver.name as by_name
    from (${standing(person, query)}) told
    join customer on customer.id = told.customer_id
    left join assignment on assignment.session_id = told.session_id and assignment.no = told.assignment_no
    left join message note on note.id = coalesce(told.message_id, assignment.note_id) and note.removed_at is null
    left join lateral (
      select event.event->>'by' as by_id from session_event event
      where told.type = 'invited' and event.session_id = told.session_id and event.type = 'SupportersChanged'
        and event.event->'added' ? told.agent_id
      order by event.version desc, event.n desc limit 1
    ) invitation on true
    left join agent giver on giver.id = case told.type when 'mentioned' then note.agent_id
      when 'invited' then invitation.by_id else assignment.by_id end
    order by told.created_at desc, told.id desc
  `.execute(db);
  const page = pageOf(rows, query.limit, (last) => [last.exact_at, last.id]);
  return { notifications: page.rows.map(toNotification), cursor: page.cursor };
}

/**
 * Those of a page, and one more. However many of the newest have become pointless, they are passed over before they
 * are counted: else they would hide what still holds, for good.
 */
function standing(
  person: Person,
  { unread, cursor, limit }: NotificationQuery,
): RawBuilder<unknown> {
  const [at, id] = cursor === undefined ? [] : decodeCursor(cursor, place);
  const conditions = [
    sql`told.agent_id = ${person.agent}`,
    ...(unread ? [sql`told.read_at is null`] : []),
    ...(at === undefined ? [] : [sql`(told.created_at, told.id) < (${at}::timestamptz, ${id})`]),
    visibleTo(person),
    sql`(told.type <> 'invited' or ${supportedBy(person.agent)})`,
    sql`(told.type <> 'assigned' or (
      session.status <> 'done' and session.assignee_id = told.agent_id and not exists (
        select from assignment later where later.session_id = session.id
          and later.no > told.assignment_no and later.agent_id is not null)))`,
  ];
  return sql`
    select told.id, told.agent_id, told.session_id, told.type, told.popup, told.created_at, told.created_at::text as exact_at,
      told.read_at, told.assignment_no, told.message_id, session.kind, session.channel_id, session.customer_id
    from notification told join session on session.id = told.session_id
    where ${sql.join(conditions, sql` and `)}
    order by told.created_at desc, told.id desc
    limit ${limit + 1}`;
}

function toNotification(row: Found): Notification {
  return {
    id: row.id,
    type: row.type,
    popup: row.popup,
    createdAt: row.created_at,
    readAt: row.read_at,
    session: {
      id: row.session_id,
      kind: row.kind,
      channelId: row.channel_id,
      customerName: row.customer_name,
    },
    note: row.note,
    by: agentRefOf(row.by_id, row.by_name),
  };
}

type Read = {
  session_id: SessionId;
  channel_id: ChannelId;
  assignee_id: AgentId | null;
  supporters: AgentId[];
};

/** Once is enough, however often. A person's other browsers hear of it. @throws Problem NOT_FOUND for others' */
export async function readNotification(db: Db, person: Person, id: string): Promise<void> {
  const { agent } = person;
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql<Read>`
      update notification set read_at = clock_timestamp() from session
      where notification.id = ${id} and agent_id = ${agent} and read_at is null
        and session.id = notification.session_id
      returning session.id as session_id, session.channel_id, session.assignee_id, session.supporters
    `.execute(trx);
    const [read] = rows;
    if (read === undefined) return mustBeOwn(trx, person, id);
    const { session_id: sessionId, channel_id: channel, assignee_id: assignee, supporters } = read;
    const audience = { channel, assignee, supporters };
    const about = { topic: 'notification' as const, sessionId, subjectId: id, agentId: agent };
    await recordChanges(trx, [{ ...about, before: audience, after: audience }]);
  });
}

async function mustBeOwn(db: Db, { agent }: Person, id: string): Promise<void> {
  const own = await db
    .selectFrom('notification')
    .select('id')
    .where('id', '=', id)
    .where('agent_id', '=', agent)
    .executeTakeFirst();
  if (own === undefined) throw new Problem('NOT_FOUND');
}
