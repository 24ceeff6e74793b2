import { sql, type RawBuilder } from 'kysely';
import type { SessionQuery, SessionRow } from '#contracts/session.ts';
import { pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { atLeast, candidates, inOrder, placeIn, type PlacedSession } from './session-candidates.ts';
import { onPlatform } from './session-filters.ts';
import { sessionColumns, sessionJoins, toSessionRow, type FoundSession } from './session-row.ts';
import { searchSessions } from './session-search.ts';
import { visibleTo } from './visibility.ts';

/** Rows come as one text of JSON: to read them column by column takes longer than to look them up. */
type AsJson<Row> = { rows: Row[] };
type ListedSession = FoundSession & { place: string | null };

/** The sessions of a view, as much of them as the person may see (R20, R23). */
export async function listSessions(
  db: Db,
  person: Person,
  { platform, q, ...query }: SessionQuery,
): Promise<{ sessions: SessionRow[]; cursor: string | null }> {
  const viewer = await onPlatform(db, person, platform);
  if (q !== undefined) return listFound(db, viewer, { ...query, q });
  const { rows } = await sessionListQuery(viewer, query).execute(db);
  const page = pageOf(rows[0]?.rows ?? [], query.limit, (last) => [last.place, last.id]);
  return { sessions: page.rows.map(toSessionRow), cursor: page.cursor };
}

/** The query behind `listSessions`, at least one row more than a page. */
export function sessionListQuery(
  person: Person,
  query: Omit<SessionQuery, 'q' | 'platform'>,
): RawBuilder<AsJson<ListedSession>> {
  const limit = atLeast(query.limit + 1);
  return sql`
    select coalesce(json_agg(listed), '[]') as rows from (
      select ${sessionColumns(person.agent)}, ${placeIn('found')} as place
      from (
        select * from (${candidates(person, { ...query, limit })}) found
        order by ${inOrder(query.view, 'found')} limit ${sql.lit(limit)}
      ) found
      join session on session.id = found.id
      ${sessionJoins}
      order by ${inOrder(query.view, 'found')}) listed`;
}

async function listFound(
  db: Db,
  person: Person,
  query: Omit<SessionQuery, 'platform' | 'q'> & { q: string },
): Promise<{ sessions: SessionRow[]; cursor: string | null }> {
  const found = await searchSessions(db, person, query);
  const page = pageOf(found, query.limit, (last) => [last.place, last.id]);
  const sessions = await rowsOf(db, person, page.rows);
  return { sessions, cursor: page.cursor };
}

/** The rows of sessions that were found, in their order; what the person may not see any more is left out. */
async function rowsOf(
  db: Db,
  person: Person,
  found: readonly PlacedSession[],
): Promise<SessionRow[]> {
  if (found.length === 0) return [];
  const { rows } = await sql<AsJson<FoundSession>>`
    select coalesce(json_agg(listed), '[]') as rows from (
      select ${sessionColumns(person.agent)}
      from unnest(${found.map(({ id }) => id)}::text[]) with ordinality as found(id, nr)
      join session on session.id = found.id
      ${sessionJoins}
      where ${visibleTo(person)}
      order by found.nr) listed
  `.execute(db);
  return (rows[0]?.rows ?? []).map(toSessionRow);
}
