import { sql } from 'kysely';
import type { SessionRow } from '#contracts/session.ts';
import type { AgentId, ChannelId, CustomerId, SessionId } from '#domain/ids.ts';
import { unreadCount } from './unread.ts';

/** From a column, or from JSON. */
type When = Date | string;

/** A session as it is read for lists and details, with the names that go with it. */
export type FoundSession = {
  id: SessionId;
  channel_id: ChannelId;
  kind: SessionRow['kind'];
  customer_id: CustomerId;
  customer_name: string | null;
  picture_url: string | null;
  status: SessionRow['status'];
  waking: boolean;
  assignee_id: AgentId | null;
  assignee_name: string | null;
  supporters: AgentId[];
  supporter_names: SessionRow['supporters'];
  supporting: boolean;
  labels: SessionRow['labels'];
  last_message_at: When;
  preview: string | null;
  preview_by: SessionRow['previewBy'];
  unread: number;
  waiting_since: When | null;
  due_at: When | null;
  warned_at: When | null;
  overdue_at: When | null;
  snoozed_until: When | null;
  closed_at: When | null;
};

/** Most sessions have none: nothing is looked up for these. */
const supporterNames = sql`case when session.supporters = '{}' then '[]' else (
  select coalesce(json_agg(json_build_object('id', agent.id, 'name', agent.name) order by place), '[]')
  from unnest(session.supporters) with ordinality as supporter(id, place) join agent on agent.id = supporter.id) end`;

const labelsOf = sql`(
  select coalesce(json_agg(
    json_build_object('id', label.id, 'name', label.name, 'color', label.color) order by label.position, label.id), '[]')
  from session_label given join label on label.id = given.label_id where given.session_id = session.id)`;

/** @param viewer whose read marks count */
export const sessionColumns = (viewer: AgentId) => sql`
  session.id, session.channel_id, session.kind, session.customer_id,
  customer.name as customer_name, customer.picture_url, session.status,
  session.status = 'done' and session.start_seq > session.applied_seq as waking,
  session.assignee_id, assignee.name as assignee_name, session.supporters, ${supporterNames} as supporter_names,
  ${viewer}::text = any(session.supporters) as supporting, ${labelsOf} as labels, session.last_message_at,
  session.preview, session.preview_by, session.waiting_since, session.due_at, session.warned_at,
  session.overdue_at, session.snoozed_until, session.closed_at, ${unreadCount(viewer)} as unread`;

export const sessionJoins = sql`
  join customer on customer.id = session.customer_id
  left join agent assignee on assignee.id = session.assignee_id`;

export function toSessionRow(row: FoundSession): SessionRow {
  return {
    id: row.id,
    channelId: row.channel_id,
    kind: row.kind,
    customer: { id: row.customer_id, name: row.customer_name, pictureUrl: row.picture_url },
    status: row.status,
    waking: row.waking,
    assignee: agentRefOf(row.assignee_id, row.assignee_name),
    supporters: row.supporter_names,
    supporting: row.supporting,
    labels: row.labels,
    lastMessageAt: new Date(row.last_message_at),
    preview: row.preview,
    previewBy: row.preview_by,
    unread: row.unread,
    waitingSince: toDate(row.waiting_since),
    dueAt: toDate(row.due_at),
    warnedAt: toDate(row.warned_at),
    overdueAt: toDate(row.overdue_at),
    snoozedUntil: toDate(row.snoozed_until),
    closedAt: toDate(row.closed_at),
  };
}

function toDate(when: When | null): Date | null {
  return when === null ? null : new Date(when);
}

/** An agent by name, from the two columns of a left join. */
export function agentRefOf(id: AgentId | null, name: string | null) {
  return id === null ? null : { id, name: name ?? '' };
}
