/** What is unread in a session, as parts of queries that read `session` (R18). */
import { sql, type RawBuilder } from 'kysely';
import type { AgentId } from '#domain/ids.ts';
import { givenOne } from './given.ts';

/** What is shown as "99+" when it gets there. */
export const COUNT_TO = 100;

/**
 * Up to where a session is read for an agent, given the row of their mark: the newest staff answer reads for everybody,
 * but where the agent has marked it as unread only a later one does.
 */
const readUpTo = sql<number>`greatest(mark.last_read_seq,
  case when mark.unread_over is null or session.answer_seq > mark.unread_over then session.answer_seq end)`;

/** The customer's messages of `session` that an agent has not read, a row each. */
export function unreadMessages(agent: AgentId): RawBuilder<unknown> {
  return sql`
    select 1 from (select) here
    left join read_mark mark on mark.session_id = session.id and mark.agent_id = ${givenOne(agent)}
    join message unread on unread.session_id = session.id and unread.seq > ${readUpTo}
      and unread.direction = 'in' and unread.removed_at is null and not unread.from_blocked
    where session.customer_seq > ${readUpTo}
    limit ${sql.lit(COUNT_TO)}`;
}

/** How many they are, as a column of a query that reads `session`. */
export function unreadCount(agent: AgentId): RawBuilder<number> {
  return sql<number>`(select count(*)::int from (${unreadMessages(agent)}) unread)`;
}

/** Whether there are any. */
export function hasUnread(agent: AgentId): RawBuilder<boolean> {
  return sql<boolean>`session.customer_seq > coalesce((
    select ${readUpTo} from read_mark mark
    where mark.session_id = session.id and mark.agent_id = ${givenOne(agent)}), session.answer_seq)`;
}

/** The sessions that an agent has marked as unread. */
export function markedUnread(agent: AgentId): RawBuilder<boolean> {
  return sql<boolean>`session.id = any(array(
    select session_id from read_mark where agent_id = ${givenOne(agent)} and unread_over is not null))`;
}
