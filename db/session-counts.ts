/** The numbers in the menu and beside the views (R18). */
import { sql, type CompiledQuery, type RawBuilder } from 'kysely';
import type { CountsQuery, SessionCounts, SessionView } from '#contracts/session.ts';
import type { SessionKind } from '#domain/ids.ts';
import type { Db } from './database.ts';
import { given } from './given.ts';
import type { Person } from './people.ts';
import { candidates } from './session-candidates.ts';
import { onPlatform } from './session-filters.ts';
import { partsOfMenu } from './session-views.ts';
import { COUNT_TO, hasUnread, unreadMessages } from './unread.ts';
import { visibleTo } from './visibility.ts';

type Counted = Omit<SessionCounts, 'menu'> & SessionCounts['menu'];

const COUNTED = [
  'main',
  'unassigned',
  'mine',
  'supporting',
  'unread',
  'overdue',
  'snoozed',
  'done',
] as const satisfies SessionView[];

/** How many sessions each view lists for this person, counted up to a limit, and what the menu shows (R18). */
export async function countViews(
  db: Db,
  person: Person,
  { platform, ...filter }: CountsQuery,
): Promise<SessionCounts> {
  const viewer = await onPlatform(db, person, platform);
  const { rows } = await db.executeQuery(compiled(db, person, viewer, filter));
  const [counted] = rows;
  if (counted === undefined) throw new Error('Nothing was counted');
  const { message, comment, ...views } = counted;
  return { ...views, menu: { message, comment } };
}

/** Questions that are kept as they were put into SQL, by all that goes into them; about as many as agents look at once. */
const MOST_KEPT = 100;
const kept = new Map<string, CompiledQuery<Counted>>();

/** The same agent asks the same again and again, and to write the long query takes longer than what else is to be done. */
function compiled(db: Db, ...asked: Parameters<typeof countQuery>): CompiledQuery<Counted> {
  const key = JSON.stringify(asked);
  const query = kept.get(key) ?? countQuery(...asked).compile(db);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, query);
  return query;
}

/**
 * The query behind `countViews`.
 * @param viewer the person with the channels of the filter; the menu counts on all of theirs
 */
export function countQuery(
  person: Person,
  viewer: Person,
  filter: Omit<CountsQuery, 'platform'>,
): RawBuilder<Counted> {
  const views = COUNTED.map(
    (view) =>
      sql`${countOf(candidates(viewer, { ...filter, view, limit: COUNT_TO }))} as ${sql.ref(view)}`,
  );
  return sql`
    select ${sql.join(views)},
      ${unreadOfMenu(person, 'message')} as message,
      ${unreadOfMenu(person, 'comment')} as comment`;
}

function countOf(found: RawBuilder<unknown>): RawBuilder<number> {
  return sql`(select count(*) from (select 1 from (${found}) found limit ${sql.lit(COUNT_TO)}) counted)`;
}

/**
 * The unread messages themselves. Each session that is unread holds one at least: where these are enough, none of them
 * is looked into.
 */
function unreadOfMenu(person: Person, kind: SessionKind): RawBuilder<number> {
  const parts = partsOfMenu(person).map((part) => {
    const where = sql.join([part.where, visibleTo(person), hasUnread(person.agent)], sql` and `);
    return sql`(
      select session.id, session.customer_seq, session.answer_seq from session
      where session.channel_id = any(${given(part.channels)}) and session.kind = ${sql.lit(kind)} and ${where}
      limit ${sql.lit(COUNT_TO)})`;
  });
  if (parts.length === 0) return sql.lit(0);
  return sql`(
    with unread_session as materialized (
      select * from (${sql.join(parts, sql` union all `)}) found limit ${sql.lit(COUNT_TO)})
    select case when (select count(*) from unread_session) = ${sql.lit(COUNT_TO)} then ${sql.lit(COUNT_TO)}
      else ${countOf(sql`
        select 1 from unread_session session cross join lateral (${unreadMessages(person.agent)}) unread`)} end)`;
}
