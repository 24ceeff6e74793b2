import { sql } from 'kysely';
import type { SessionRow } from '#contracts/session.ts';
import type { AgentId, ChannelId, CustomerId, SessionId } from '#domain/ids.ts';
import { unreadCount } from './unread.ts';

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
  last_message_at: Date;
  preview: string | null;
  preview_by: SessionRow['previewBy'];
  unread: number;
  waiting_since: Date | null;
  due_at: Date | null;
  warned_at: Date | null;
  overdue_at: Date | null;
  closed_at: Date | null;
};

/** @param viewer whose read marks count */
export const sessionColumns = (viewer: AgentId) => sql`
  session.id, session.channel_id, session.kind, session.customer_id,
  customer.name as customer_name, customer.picture_url, session.status,
  session.status = 'done' and session.start_seq > session.applied_seq as waking,
  session.assignee_id, assignee.name as assignee_name, session.last_message_at, session.preview,
  session.preview_by, session.waiting_since, session.due_at, session.warned_at, session.overdue_at,
  session.closed_at, ${unreadCount(viewer)} as unread`;

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
    lastMessageAt: row.last_message_at,
    preview: row.preview,
    previewBy: row.preview_by,
    unread: row.unread,
    waitingSince: row.waiting_since,
    dueAt: row.due_at,
    warnedAt: row.warned_at,
    overdueAt: row.overdue_at,
    closedAt: row.closed_at,
  };
}

/** An agent by name, from the two columns of a left join. */
export function agentRefOf(id: AgentId | null, name: string | null) {
  return id === null ? null : { id, name: name ?? '' };
}
