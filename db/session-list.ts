import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { CountsQuery, SessionCounts, SessionQuery, SessionRow } from '#contracts/session.ts';
import type { SessionKind } from '#domain/ids.ts';
import { decodeCursor, exactTime, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { sessionColumns, sessionJoins, toSessionRow, type FoundSession } from './session-row.ts';
import { orderOfView, partsOf, partsOfMenu, type Order, type Part } from './session-views.ts';
import { COUNT_TO, hasUnread, unreadMessages } from './unread.ts';
import { visibleTo } from './visibility.ts';

type FoundInList = FoundSession & { place: string | null };

const KINDS: SessionKind[] = ['message', 'comment'];

/** The sessions of a view, as much of them as the person may see (R20, R23). */
export async function listSessions(
  db: Db,
  person: Person,
  query: SessionQuery,
): Promise<{ sessions: SessionRow[]; cursor: string | null }> {
  const { rows } = await sessionListQuery(person, query).execute(db);
  const page = pageOf(rows, query.limit, (last) => [last.place, last.id]);
  return { sessions: page.rows.map(toSessionRow), cursor: page.cursor };
}

/** The query behind `listSessions`, one row more than a page. */
export function sessionListQuery(person: Person, query: SessionQuery): RawBuilder<FoundInList> {
  const order = orderBy(orderOfView(query.view), sql`found.at`, sql`found.id`);
  return sql`
    select ${sessionColumns(person.agent)}, found.place
    from (
      select * from (${candidates(person, query)}) found order by ${order} limit ${query.limit + 1}
    ) found
    join session on session.id = found.id
    ${sessionJoins}
    order by ${order}`;
}

type Counted = Omit<SessionCounts, 'menu'> & SessionCounts['menu'];

/** How many sessions each view lists for this person, counted up to a limit, and what the menu shows (R18). */
export async function countViews(
  db: Db,
  person: Person,
  filter: CountsQuery,
): Promise<SessionCounts> {
  const { rows } = await countQuery(person, filter).execute(db);
  const { message = 0, comment = 0, ...views } = rows[0] ?? {};
  const none = { main: 0, unassigned: 0, mine: 0, unread: 0, overdue: 0, done: 0 };
  return { ...none, ...views, menu: { message, comment } };
}

/** The query behind `countViews`. */
export function countQuery(person: Person, filter: CountsQuery): RawBuilder<Counted> {
  const count = (view: SessionQuery['view']) =>
    countOf(candidates(person, { ...filter, view, limit: COUNT_TO - 1 }));
  return sql`
    select ${count('main')} as main, ${count('unassigned')} as unassigned,
      ${count('mine')} as mine, ${count('unread')} as unread,
      ${count('overdue')} as overdue, ${count('done')} as done,
      ${countOf(unreadOfMenu(person, 'message'))} as message,
      ${countOf(unreadOfMenu(person, 'comment'))} as comment`;
}

function countOf(found: RawBuilder<unknown>): RawBuilder<number> {
  return sql`(select count(*) from (select 1 from (${found}) found limit ${COUNT_TO}) counted)`;
}

/** The unread messages themselves, a row each. */
function unreadOfMenu(person: Person, kind: SessionKind): RawBuilder<unknown> {
  const unread = sql`cross join lateral (${unreadMessages(person.agent)}) unread`;
  const parts = partsOfMenu(person).map((part) => {
    const where = sql.join([part.where, visibleTo(person)], sql` and `);
    return sql`(
      select 1 from session ${unread}
      where session.channel_id = any(${part.channels}::text[]) and session.kind = ${kind} and ${where}
      limit ${COUNT_TO})`;
  });
  return parts.length === 0 ? nothing : sql.join(parts, sql` union all `);
}

/**
 * The first rows of each part of a view; the page is among them. They are in order also where they are only counted:
 * the order leads the planner to the index that holds one channel and kind.
 */
function candidates(person: Person, query: SessionQuery): RawBuilder<unknown> {
  const parts = partsOf(person, query).map((part) => firstRows(part, person, query));
  if (parts.length === 0) return nothing;
  return sql.join(parts, sql` union all `);
}

const nothing = sql`select null as id, null::timestamptz as at, null as place where false`;

function firstRows(part: Part, person: Person, query: SessionQuery): RawBuilder<unknown> {
  const order = orderOfView(query.view);
  const at = timeOf(order);
  const conditions = [
    part.where,
    visibleTo(person),
    ...(query.view === 'unread' ? [hasUnread(person.agent)] : []),
    ...(query.cursor === undefined ? [] : [after(query.cursor, order)]),
  ];
  const rowsWhere = (place: RawBuilder<boolean>) => sql`
    select session.id, ${at} as at, ${at}::text as place from session
    where ${place} and ${sql.join(conditions, sql` and `)}
    order by ${orderBy(order, at, sql`session.id`)}
    limit ${query.limit + 1}`;
  const kinds = query.kind === undefined ? KINDS : [query.kind];
  if (!part.perChannel)
    return sql`(${rowsWhere(sql`
      session.channel_id = any(${part.channels}::text[]) and session.kind = any(${kinds}::text[])`)})`;
  // One query over several channels and kinds would have to sort all that they hold.
  return sql`
    select part.id, part.at, part.place
    from unnest(${part.channels}::text[]) as channel(id) cross join unnest(${kinds}::text[]) as kind(name)
    cross join lateral (
      ${rowsWhere(sql`session.channel_id = channel.id and session.kind = kind.name`)}) part`;
}

function timeOf(order: Order): RawBuilder<unknown> {
  if (order === 'newest') return sql`session.last_message_at`;
  return order === 'most late' ? sql`session.overdue_at` : sql`session.waiting_since`;
}

function orderBy(order: Order, at: RawBuilder<unknown>, id: RawBuilder<unknown>) {
  // What waits for nobody's answer comes last among the unassigned.
  return order === 'newest' ? sql`${at} desc, ${id} desc` : sql`${at} asc nulls last, ${id} asc`;
}

const place = z.tuple([exactTime.nullable(), z.string()]);

/** Behind the place where the page before ended. */
function after(cursor: string, order: Order): RawBuilder<boolean> {
  const [lastAt, lastId] = decodeCursor(cursor, place);
  const at = timeOf(order);
  if (lastAt === null) return sql`${at} is null and session.id > ${lastId}`;
  const here = sql`(${lastAt}::timestamptz, ${lastId}::text)`;
  if (order === 'newest') return sql`(${at}, session.id) < ${here}`;
  return sql`((${at}, session.id) > ${here} or ${at} is null)`;
}
