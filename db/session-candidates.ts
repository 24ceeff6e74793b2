/** The first sessions of a view, from one end of an index for each of its parts. */
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { SessionFilter, SessionQuery } from '#contracts/session.ts';
import type { SessionId, SessionKind } from '#domain/ids.ts';
import { decodeCursor, exactTime, placeId } from './cursor.ts';
import { given, givenOne } from './given.ts';
import type { Person } from './people.ts';
import { conditionsOf } from './session-filters.ts';
import { orderOfView, partsOf, type Order, type Part } from './session-views.ts';
import { hasUnread } from './unread.ts';
import { visibleTo } from './visibility.ts';

const KINDS: SessionKind[] = ['message', 'comment'];

/** Each limit makes a statement of its own, which has to be planned: there are few. */
export function atLeast(count: number): number {
  return count <= 51 ? 51 : 101;
}

/** A session by its place in the list: what the list is ordered by, exactly as Postgres writes it. */
export type PlacedSession = { id: SessionId; place: string | null };

export type Wanted = Omit<SessionFilter, 'q' | 'platform'> & {
  /** Of each part. */
  limit: number;
  cursor?: string | undefined;
  /** Only these sessions, a table with what views and filters look at. */
  among?: RawBuilder<unknown>;
};

/**
 * The first rows of each part of a view; the page is among them. They are in order also where they are only counted:
 * the order leads the planner to the index that holds one channel and kind.
 */
export function candidates(person: Person, wanted: Wanted): RawBuilder<unknown> {
  const parts = partsOf(person, wanted).map((part) => firstRows(part, person, wanted));
  if (parts.length === 0) return nothing;
  return sql.join(parts, sql` union all `);
}

const nothing = sql`select null as id, null::timestamptz as at where false`;

function firstRows(part: Part, person: Person, wanted: Wanted): RawBuilder<unknown> {
  const { view, kind, cursor, limit, among } = wanted;
  const order = orderOfView(view);
  const at = timeOf(order);
  const conditions = [
    part.where,
    visibleTo(person),
    ...(view === 'unread' ? [hasUnread(person.agent)] : []),
    ...conditionsOf(wanted),
    ...(cursor === undefined ? [] : [after(cursor, order)]),
  ];
  const rowsWhere = (place: RawBuilder<boolean>) => sql`
    select session.id, ${at} as at
    from ${among ?? sql`session`} session
    where ${place} and ${sql.join(conditions, sql` and `)}
    order by ${orderBy(order, at, sql`session.id`)}
    limit ${sql.lit(limit)}`;
  if (!part.perChannel || among !== undefined)
    return sql`(${rowsWhere(sql`
      session.channel_id = any(${given(part.channels)})${kind === undefined ? sql`` : sql` and session.kind = ${givenOne(kind)}`}`)})`;
  const kinds = kind === undefined ? KINDS : [kind];
  // One query over several channels and kinds would have to sort all that they hold.
  return sql`
    select part.id, part.at
    from unnest(${given(part.channels)}) as channel(id) cross join unnest(${given(kinds)}) as kind(name)
    cross join lateral (
      ${rowsWhere(sql`session.channel_id = channel.id and session.kind = kind.name`)}) part`;
}

function timeOf(order: Order): RawBuilder<unknown> {
  if (order === 'newest') return sql`session.last_message_at`;
  return order === 'most late' ? sql`session.overdue_at` : sql`session.waiting_since`;
}

/** The order of a view over what `candidates` gives, under this name. */
export function inOrder(view: SessionQuery['view'], name: string): RawBuilder<unknown> {
  return orderBy(orderOfView(view), sql.ref(`${name}.at`), sql.ref(`${name}.id`));
}

/** Where a session of these stands, for the cursor: exactly, as Postgres writes it. */
export function placeIn(name: string): RawBuilder<string | null> {
  return sql`${sql.ref(`${name}.at`)}::text`;
}

function orderBy(order: Order, at: RawBuilder<unknown>, id: RawBuilder<unknown>) {
  // What waits for nobody's answer comes last among the unassigned.
  return order === 'newest' ? sql`${at} desc, ${id} desc` : sql`${at} asc nulls last, ${id} asc`;
}

const place = z.tuple([exactTime.nullable(), placeId]);

/** Behind the place where the page before ended. */
function after(cursor: string, order: Order): RawBuilder<boolean> {
  const [lastAt, lastId] = decodeCursor(cursor, place);
  const at = timeOf(order);
  if (lastAt === null) return sql`${at} is null and session.id > ${lastId}`;
  const here = sql`(${lastAt}::timestamptz, ${lastId}::text)`;
  if (order === 'newest') return sql`(${at}, session.id) < ${here}`;
  return sql`((${at}, session.id) > ${here} or ${at} is null)`;
}
