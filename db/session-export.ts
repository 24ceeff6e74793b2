/** Sessions as a table for other programs: page by page, so that none are kept in memory. */
import { sql, type RawBuilder } from 'kysely';
import type { SessionFilter } from '#contracts/session.ts';
import type { SessionId, SessionKind } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import type { Db } from './database.ts';
import { given } from './given.ts';
import type { Person } from './people.ts';
import { conditionsOf, onPlatform } from './session-filters.ts';
import { isFoundIn } from './session-search.ts';
import { partsOf } from './session-views.ts';
import { hasUnread } from './unread.ts';
import { visibleTo } from './visibility.ts';

const PAGE = 1_000;

export type ExportedSession = {
  id: SessionId;
  platform: string;
  channel: string;
  kind: SessionKind;
  status: string;
  customer: string | null;
  phones: string;
  emails: string;
  assignee: string | null;
  supporters: string;
  labels: string;
  rounds: number;
  created_at: Date;
  last_message_at: Date;
  last_text: string | null;
  waiting_since: Date | null;
  due_at: Date | null;
  overdue_at: Date | null;
  snoozed_until: Date | null;
  closed_at: Date | null;
  closed_by: string | null;
};

/**
 * All sessions of a list, as much of them as the person may see; the oldest first, because that is an order in which
 * none changes its place while it is read.
 */
export async function* exportSessions(
  db: Db,
  person: Person,
  { platform, ...filter }: SessionFilter,
): AsyncGenerator<ExportedSession[]> {
  const viewer = await onPlatform(db, person, platform);
  const where = isInList(viewer, filter);
  for (let after: string | null = ''; after !== null;) {
    const upTo = await endOfPage(db, after);
    const { rows } = await exportQuery(where, { after, upTo }).execute(db);
    if (rows.length > 0) yield rows;
    after = upTo;
  }
}

/** So many sessions are looked at in one go, however few of them belong to the list. */
async function endOfPage(db: Db, after: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select id from session where id > ${after} order by id offset ${PAGE - 1} limit 1
  `.execute(db);
  return rows[0]?.id ?? null;
}

/** Writes down who took what out (R55). */
export function recordExport(db: Db, person: Person, filter: SessionFilter): Promise<void> {
  const subject = { type: 'sessions', id: null };
  // What was searched for may be a customer's name or words: that there was a search is enough.
  const { q, ...rest } = filter;
  const after = { ...rest, ...(q === undefined ? {} : { searched: true }) };
  return recordAudit(db, { agent: person.agent, action: 'export.sessions', subject, after });
}

function isInList(
  person: Person,
  { q, ...filter }: Omit<SessionFilter, 'platform'>,
): RawBuilder<boolean> {
  const kinds = filter.kind === undefined ? [] : [sql<boolean>`session.kind = ${filter.kind}`];
  const parts = partsOf(person, filter).map(
    ({ where, channels }) => sql`(${where} and session.channel_id = any(${given(channels)}))`,
  );
  const conditions = [
    visibleTo(person),
    parts.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(parts, sql` or `)})`,
    ...kinds,
    ...(filter.view === 'unread' ? [hasUnread(person.agent)] : []),
    ...conditionsOf(filter),
    ...(q === undefined ? [] : [isFoundIn(sql`session.id`, q)]),
  ];
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

function exportQuery(
  where: RawBuilder<boolean>,
  { after, upTo }: { after: string; upTo: string | null },
): RawBuilder<ExportedSession> {
  const until = upTo === null ? sql`` : sql`and session.id <= ${upTo}`;
  return sql`
    select session.id, channel.platform, channel.name as channel, session.kind, session.status,
      customer.name as customer, ${contactsOf('phone')} as phones, ${contactsOf('email')} as emails,
      assignee.name as assignee, session.round as rounds, session.created_at, session.last_message_at,
      session.preview as last_text, session.waiting_since, session.due_at, session.overdue_at,
      session.snoozed_until, session.closed_at, closer.name as closed_by,
      (select coalesce(string_agg(agent.name, ', ' order by place), '')
        from unnest(session.supporters) with ordinality as supporter(id, place)
        join agent on agent.id = supporter.id) as supporters,
      (select coalesce(string_agg(label.name, ', ' order by label.position, label.id), '')
        from session_label given join label on label.id = given.label_id
        where given.session_id = session.id) as labels
    from session
    join channel on channel.id = session.channel_id
    join customer on customer.id = session.customer_id
    left join agent assignee on assignee.id = session.assignee_id
    left join agent closer on closer.id = session.closed_by
    where session.id > ${after} ${until} and ${where}
    order by session.id`;
}

function contactsOf(kind: 'phone' | 'email'): RawBuilder<string> {
  return sql`(select coalesce(string_agg(value, ', ' order by found_at, value), '') from customer_contact
    where customer_id = session.customer_id and kind = ${sql.lit(kind)})`;
}
