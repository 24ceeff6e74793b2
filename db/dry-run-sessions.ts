/** Which sessions of a channel were at work in a period, in portions: what a dry run reads (R64). */
import { sql } from 'kysely';
import type { ChannelId, SessionId } from '#domain/ids.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Db } from './database.ts';

/** More is not replayed: the period becomes shorter. */
export const MOST_SESSIONS = 200_000;
/** Sessions read at once: so much takes some hundredths of a second. */
export const PORTION = 500;

/** @property first when the first of its rounds began that ran in the period */
export type AtWork = { id: SessionId; first: Date };
type Found = { id: SessionId; first: Date | null; place: string; no: number };

/** When the period begins: later than was asked for where more had happened than is replayed. */
export async function boundedStart(
  db: Db,
  channels: readonly ChannelId[],
  asked: Date,
): Promise<Date> {
  const { rows } = await sql<{ done_at: Date }>`
    select done_at from round
    where channel_id = any(${[...channels]}::text[]) and done_at >= ${asked}
    order by done_at desc offset ${MOST_SESSIONS} limit 1
  `.execute(db);
  return rows[0]?.done_at ?? asked;
}

/** Every session once that had a round in the period: done in it, or open by now. */
export async function* sessionsAtWork(
  db: Db,
  channel: ChannelId,
  from: Date,
): AsyncGenerator<AtWork[]> {
  const seen = new Set<SessionId>();
  for (const next of [openSessions, doneRounds]) {
    let last: Found | null = null;
    do {
      const found: Found[] = await next(db, { channel, from, after: last });
      const fresh: AtWork[] = [];
      for (const { id, first } of found) {
        // A round without its row had begun before such rows were kept.
        if (first === null || seen.has(id)) continue;
        seen.add(id);
        fresh.push({ id, first });
      }
      if (fresh.length > 0) yield fresh;
      last = found.length < PORTION ? null : (found.at(-1) ?? null);
    } while (last !== null && seen.size <= 2 * MOST_SESSIONS);
  }
}

type Page = { channel: ChannelId; from: Date; after: Found | null };

async function openSessions(db: Db, { channel, from, after }: Page): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select s.id, s.last_message_at::text as place, 0 as no, ${firstRound(sql`s.id`, from)} as first
    from session s
    where s.channel_id = ${channel} and s.status <> 'done' and s.round > 0
      ${after === null ? sql`` : sql`and (s.last_message_at, s.id) < (${after.place}::timestamptz, ${after.id})`}
    order by s.last_message_at desc, s.id desc limit ${PORTION}
  `.execute(db);
  return rows;
}

async function doneRounds(db: Db, { channel, from, after }: Page): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select r.session_id as id, r.done_at::text as place, r.no, ${firstRound(sql`r.session_id`, from)} as first
    from round r
    where r.channel_id = ${channel} and r.done_at >= ${from}
      ${after === null ? sql`` : sql`and (r.done_at, r.session_id, r.no) < (${after.place}::timestamptz, ${after.id}, ${after.no}::int)`}
    order by r.done_at desc, r.session_id desc, r.no desc limit ${PORTION}
  `.execute(db);
  return rows;
}

function firstRound(id: ReturnType<typeof sql>, from: Date) {
  return sql`(select min(earlier.opened_at) from round earlier
    where earlier.session_id = ${id} and (earlier.done_at is null or earlier.done_at >= ${from}))`;
}

/** The events of some kinds from there on, in their order, by session. */
export async function eventsOf(
  db: Db,
  sessions: readonly AtWork[],
  types: readonly SessionEvent['type'][],
): Promise<Map<SessionId, SessionEvent[]>> {
  const { rows } = await sql<{ id: SessionId; events: SessionEvent[] }>`
    select known.id, (
      select jsonb_agg(e.event order by e.version, e.n) from session_event e
      where e.session_id = known.id and e.at >= known.first and e.type = any(${[...types]}::text[])
    ) as events
    from ${known(sessions)}
  `.execute(db);
  return new Map(rows.map(({ id, events }) => [id, (events as SessionEvent[] | null) ?? []]));
}

/** The sessions as a table. */
export function known(sessions: readonly AtWork[]) {
  return sql`unnest(${sessions.map(({ id }) => id)}::text[], ${sessions.map(({ first }) => first)}::timestamptz[])
    as known(id, first)`;
}
