/**
 * Search (R20): names, phone numbers and the text of messages. A common word would be found by the index in half of all
 * messages; but then it also stands in many of the newest sessions, and going through these in their order soon fills a
 * page. What the first of them hardly hold is looked up in the index.
 */
import { sql, type RawBuilder } from 'kysely';
import type { SessionQuery } from '#contracts/session.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { atLeast, candidates, inOrder, placeIn, type PlacedSession } from './session-candidates.ts';

type Searched = Omit<SessionQuery, 'platform' | 'q'> & { q: string };

/** Fewer digits than this are no end of a phone number. */
const FEWEST_DIGITS = 4;

/** So many of the newest sessions are gone through first: what is common fills a page there. */
const FIRST_LOOK = 100;
/** And so many at most: what would need more is in the index sooner. Few sizes, each of which is planned once. */
const LOOKS = [400, 1_000];
/** The share that the first look found is only a guess of what comes. */
const SPARE = 1.3;

/** The first sessions of a view in which a text is found, at least one more than a page if there are so many. */
export async function searchSessions(
  db: Db,
  person: Person,
  query: Searched,
): Promise<PlacedSession[]> {
  let lookAt: number | undefined = FIRST_LOOK;
  while (lookAt !== undefined) {
    const { rows } = await walkQuery(person, query, lookAt).execute(db);
    const { examined, found } = rows[0] ?? { examined: 0, found: [] };
    // Every one of them was looked at, or there are more than enough: no index knows better.
    if (examined < lookAt || found.length > query.limit) return found;
    lookAt = nextLook(lookAt, found.length / (query.limit + 1));
  }
  const { rows } = await indexQuery(person, query).execute(db);
  return rows;
}

/** How many sessions to go through next, when so many held this share of a page; undefined = the index is quicker. */
function nextLook(lookedAt: number, share: number): number | undefined {
  const needed = (SPARE * lookedAt) / share;
  return lookedAt === FIRST_LOOK ? LOOKS.find((size) => size >= needed) : undefined;
}

/** Goes through the first sessions of the view. */
export function walkQuery(
  person: Person,
  { q, ...query }: Searched,
  lookAt: number,
): RawBuilder<{ examined: number; found: PlacedSession[] }> {
  const order = (name: string) => inOrder(query.view, name);
  return sql`
    with walked as materialized (
      select * from (${candidates(person, { ...query, limit: lookAt })}) walked
      order by ${order('walked')} limit ${sql.lit(lookAt)}
    ), found as (
      select * from walked where ${isFoundIn(sql`walked.id`, q)}
      order by ${order('walked')} limit ${sql.lit(atLeast(query.limit + 1))}
    )
    select (select count(*)::int from walked) as examined,
      (select coalesce(json_agg(json_build_object('id', id, 'place', ${placeIn('found')}) order by ${order('found')}), '[]') from found) as found`;
}

/** Asks the index for all that are found, and takes the first of these. */
export function indexQuery(person: Person, { q, ...query }: Searched): RawBuilder<PlacedSession> {
  const limit = atLeast(query.limit + 1);
  return sql`
    with matching as materialized (${matching(q)})
    select found.id, ${placeIn('found')} as place
    from (${candidates(person, { ...query, limit, among: sql`matching` })}) found
    order by ${inOrder(query.view, 'found')} limit ${sql.lit(limit)}`;
}

/**
 * The sessions in which a text is found, with what views and filters look at. One look-up for each: Postgres cannot know
 * how few they are, and would rather read all sessions there are.
 */
function matching(text: string): RawBuilder<unknown> {
  return sql`
    select session.* from (${foundBy(text)}) found cross join lateral (
      select id, channel_id, kind, post_id, customer_id, status, assignee_id, supporters,
        snoozed_until, last_message_at, waiting_since, overdue_at, window_from, unanswered, customer_seq,
        answer_seq, start_seq, applied_seq
      from session where session.id = found.id offset 0) session`;
}

/** The ids of all sessions in which a text is found, by the indexes; a session may come several times. */
function foundBy(text: string): RawBuilder<unknown> {
  const phone = endOfPhone(text);
  const wanted = wantedIn(text);
  return sql`
    select session_id as id from message where words @@ ${wanted}
    union
    select session.id from customer join session on session.customer_id = customer.id
    where customer.name_words @@ ${wanted}
    ${
      phone === null
        ? sql``
        : sql`
    union
    select session.id from customer_contact contact join session on session.customer_id = contact.customer_id
    where contact.kind = 'phone' and ${endsWith(phone)}`
    }`;
}

/** Whether it is found in one session, of which the id is given: `offset 0` keeps Postgres from looking for it in all. */
export function isFoundIn(session: RawBuilder<unknown>, text: string): RawBuilder<boolean> {
  const phone = endOfPhone(text);
  const wanted = wantedIn(text);
  return sql<boolean>`(
    exists (select from message where message.session_id = ${session} and message.words @@ ${wanted} offset 0)
    or exists (select from session named join customer on customer.id = named.customer_id
      where named.id = ${session} and (customer.name_words @@ ${wanted} ${
        phone === null
          ? sql``
          : sql`or exists (select from customer_contact contact where contact.customer_id = customer.id
              and contact.kind = 'phone' and ${endsWith(phone)})`
      }) offset 0))`;
}

/** Taken apart once, and not for every row that it is held against. */
function wantedIn(text: string): RawBuilder<unknown> {
  return sql`(select words_wanted(${text}::text))`;
}

/** A range, which also a plan that is made for any number can look up. The sign behind 9 is the colon. */
function endsWith(reversed: string): RawBuilder<boolean> {
  return sql<boolean>`reverse(contact.value) ~>=~ ${reversed} and reverse(contact.value) ~<~ ${`${reversed}:`}`;
}

/**
 * What a phone number ends with, from behind; whatever stands before it: 0, 84, +84. Null = the text is no such thing.
 */
function endOfPhone(text: string): string | null {
  if (!/^[\d\s+().-]+$/.test(text)) return null;
  const digits = text.replace(/\D/g, '').replace(/^(?:00)?(?:84|0)(?=\d{4})/, '');
  return digits.length < FEWEST_DIGITS ? null : [...digits].reverse().join('');
}
