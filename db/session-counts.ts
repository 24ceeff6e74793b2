/** The numbers in the menu and beside the views (R18). */
import { sql, type RawBuilder } from 'kysely';
import type { CountsQuery, SessionCounts, SessionView } from '#contracts/session.ts';
import type { SessionKind } from '#domain/ids.ts';
import type { Db } from './database.ts';
import { given } from './given.ts';
import type { Person } from './people.ts';
import { candidates } from './session-candidates.ts';
import { onPlatform } from './session-filters.ts';
import { partsOfMenu } from './session-views.ts';
import { COUNT_TO, unreadMessages } from './unread.ts';
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
  const { rows } = await countQuery(person, viewer, filter).execute(db);
  const [counted] = rows;
  if (counted === undefined) throw new Error('Nothing was counted');
  const { message, comment, ...views } = counted;
  return { ...views, menu: { message, comment } };
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
      ${countOf(unreadOfMenu(person, 'message'))} as message,
      ${countOf(unreadOfMenu(person, 'comment'))} as comment`;
}

function countOf(found: RawBuilder<unknown>): RawBuilder<number> {
  return sql`(select count(*) from (select 1 from (${found}) found limit ${sql.lit(COUNT_TO)}) counted)`;
}

/** The unread messages themselves, a row each. */
function unreadOfMenu(person: Person, kind: SessionKind): RawBuilder<unknown> {
  const unread = sql`cross join lateral (${unreadMessages(person.agent)}) unread`;
  const parts = partsOfMenu(person).map((part) => {
    const where = sql.join([part.where, visibleTo(person)], sql` and `);
    return sql`(
      select 1 from session ${unread}
      where session.channel_id = any(${given(part.channels)}) and session.kind = ${sql.lit(kind)} and ${where}
      limit ${sql.lit(COUNT_TO)})`;
  });
  return parts.length === 0 ? sql`select 1 where false` : sql.join(parts, sql` union all `);
}
