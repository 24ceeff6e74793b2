import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { SessionCounts, SessionQuery, SessionRow, SessionView } from '#contracts/session.ts';
import { decodeCursor, exactTime, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { sessionColumns, sessionJoins, toSessionRow, type FoundSession } from './session-row.ts';
import { visibleChannels, visibleTo } from './visibility.ts';

type Order = 'newest' | 'longest waiting' | 'most late';
type View = { order: Order; conditions: RawBuilder<boolean>[] };

/**
 * Something came in that reopens a Done session, and its workflow has not taken it in yet: with Temporal down,
 * this is what keeps a customer who writes again in sight.
 */
const waking = sql<boolean>`session.status = 'done' and session.start_seq > session.applied_seq`;
const notDone = sql<boolean>`session.status <> 'done'`;

/** The sessions of a view, as much of them as the person may see (R20, R23). */
export async function listSessions(
  db: Db,
  person: Person,
  query: SessionQuery,
): Promise<{ sessions: SessionRow[]; cursor: string | null }> {
  const view = viewOf(query.view, person);
  const { rows } = await sql<FoundSession & { place: string | null }>`
    select ${sessionColumns}, found.place
    from (${candidates(person, query, view)}) found
    join session on session.id = found.id
    ${sessionJoins}
    order by ${orderOf(view.order, sql`found.at`, sql`found.id`)}
    limit ${query.limit + 1}
  `.execute(db);
  const page = pageOf(rows, query.limit, (last) => [last.place, last.id]);
  return { sessions: page.rows.map(toSessionRow), cursor: page.cursor };
}

/** What a counter shows as "99+" when it gets there. */
const COUNT_TO = 100;

/** How many sessions each view lists for this person, counted up to a limit (R18). */
export async function countViews(db: Db, person: Person): Promise<SessionCounts> {
  const count = (name: SessionView) => {
    const found = candidates(person, { limit: COUNT_TO - 1 }, viewOf(name, person));
    return sql`(select count(*) from (select 1 from (${found}) found limit ${COUNT_TO}) counted)`;
  };
  const { rows } = await sql<SessionCounts>`
    select ${count('main')} as main, ${count('unassigned')} as unassigned,
      ${count('mine')} as mine, ${count('overdue')} as overdue
  `.execute(db);
  return rows[0] ?? { main: 0, unassigned: 0, mine: 0, overdue: 0 };
}

function viewOf(name: SessionView, person: Person): View {
  switch (name) {
    case 'main':
      return { order: 'newest', conditions: [notDone, waking] };
    case 'mine':
      return {
        order: 'newest',
        conditions: [sql`${notDone} and session.assignee_id = ${person.agent}`],
      };
    case 'unassigned':
      return {
        order: 'longest waiting',
        conditions: [sql`${notDone} and session.assignee_id is null`, waking],
      };
    case 'overdue':
      return {
        order: 'most late',
        conditions: [sql`${notDone} and session.overdue_at is not null`],
      };
    case 'done':
      return {
        order: 'newest',
        conditions: [sql`session.status = 'done' and session.start_seq <= session.applied_seq`],
      };
  }
}

/**
 * The first rows of each channel and condition, each read from its own end of an index: one query over several
 * channels would have to sort them all.
 */
function candidates(
  person: Person,
  query: Omit<SessionQuery, 'view'>,
  view: View,
): RawBuilder<unknown> {
  const channels = visibleChannels(person).filter((id) => id === (query.channel ?? id));
  const at = timeOf(view.order);
  const conditions = [
    visibleTo(person),
    ...(query.kind === undefined ? [] : [sql<boolean>`session.kind = ${query.kind}`]),
    ...(query.assignee === undefined
      ? []
      : [sql<boolean>`session.assignee_id = ${query.assignee}`]),
    ...(query.cursor === undefined ? [] : [after(query.cursor, view.order)]),
  ];
  const legs = view.conditions.map(
    (condition) => sql`
      select leg.id, leg.at, leg.at::text as place
      from unnest(${channels}::text[]) as channel(id) cross join lateral (
        select session.id, ${at} as at from session
        where session.channel_id = channel.id and ${condition} and ${sql.join(conditions, sql` and `)}
        order by ${orderOf(view.order, at, sql`session.id`)}
        limit ${query.limit + 1}
      ) leg`,
  );
  return sql.join(legs, sql` union all `);
}

function timeOf(order: Order): RawBuilder<unknown> {
  if (order === 'newest') return sql`session.last_message_at`;
  return order === 'most late' ? sql`session.overdue_at` : sql`session.waiting_since`;
}

function orderOf(order: Order, at: RawBuilder<unknown>, id: RawBuilder<unknown>) {
  // What waits for nobody's answer comes last among the unassigned.
  return order === 'newest' ? sql`${at} desc, ${id} desc` : sql`${at} asc nulls last, ${id} asc`;
}

const place = z.tuple([exactTime.nullable(), z.string()]);

function after(cursor: string, order: Order): RawBuilder<boolean> {
  const [lastAt, lastId] = decodeCursor(cursor, place);
  const at = timeOf(order);
  if (lastAt === null) return sql`${at} is null and session.id > ${lastId}`;
  const here = sql`(${lastAt}::timestamptz, ${lastId}::text)`;
  if (order === 'newest') return sql`(${at}, session.id) < ${here}`;
  return sql`((${at}, session.id) > ${here} or ${at} is null)`;
}
