import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { SessionCounts, SessionQuery, SessionRow } from '#contracts/session.ts';
import { decodeCursor, exactTime, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { sessionColumns, sessionJoins, toSessionRow, type FoundSession } from './session-row.ts';
import { orderOfView, partsOf, type Order, type Part } from './session-views.ts';
import { visibleTo } from './visibility.ts';

type FoundInList = FoundSession & { place: string | null };

/** What a counter shows as "99+" when it gets there. */
const COUNT_TO = 100;

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
  const order = orderOfView(query.view);
  return sql`
    select ${sessionColumns}, found.place
    from (${candidates(person, query)}) found
    join session on session.id = found.id
    ${sessionJoins}
    order by ${orderBy(order, sql`found.at`, sql`found.id`)}
    limit ${query.limit + 1}`;
}

/** How many sessions each view lists for this person, counted up to a limit (R18). */
export async function countViews(db: Db, person: Person): Promise<SessionCounts> {
  const count = (view: SessionQuery['view']) => {
    const found = candidates(person, { view, limit: COUNT_TO - 1 });
    return sql`(select count(*) from (select 1 from (${found}) found limit ${COUNT_TO}) counted)`;
  };
  const { rows } = await sql<SessionCounts>`
    select ${count('main')} as main, ${count('unassigned')} as unassigned,
      ${count('mine')} as mine, ${count('overdue')} as overdue
  `.execute(db);
  return rows[0] ?? { main: 0, unassigned: 0, mine: 0, overdue: 0 };
}

/** The first rows of each part of a view; the page is among them. */
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
    ...(query.kind === undefined ? [] : [sql<boolean>`session.kind = ${query.kind}`]),
    ...(query.cursor === undefined ? [] : [after(query.cursor, order)]),
  ];
  const rowsWhere = (channel: RawBuilder<boolean>) => sql`
    select session.id, ${at} as at, ${at}::text as place from session
    where ${channel} and ${sql.join(conditions, sql` and `)}
    order by ${orderBy(order, at, sql`session.id`)}
    limit ${query.limit + 1}`;
  if (!part.perChannel) return sql`(${rowsWhere(sql`session.channel_id = any(${part.channels})`)})`;
  // One query over several channels would have to sort all that they hold.
  return sql`
    select part.id, part.at, part.place from unnest(${part.channels}::text[]) as channel(id)
    cross join lateral (${rowsWhere(sql`session.channel_id = channel.id`)}) part`;
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
