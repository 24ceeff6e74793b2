import { sql } from 'kysely';
import { z } from 'zod';
import type { HistoryEntry, HistoryQuery } from '#contracts/history.ts';
import type { SessionId } from '#domain/ids.ts';
import { decodeCursor, encodeCursor, exactTime } from './cursor.ts';
import type { Db } from './database.ts';
import {
  entryOfBeside,
  entryOfEvent,
  idsOfEvent,
  SHOWN,
  type FoundBeside,
  type FoundEvent,
} from './history-entries.ts';
import { namesOf } from './names.ts';
import type { Person } from './people.ts';
import { mustView } from './session-detail.ts';

/**
 * Two streams are told as one. The session's events keep the order in which they were decided, whatever their times
 * say; what agents did beside them stands where its time puts it. A page ends before the next of each.
 */
const next = z.tuple([z.int(), z.int(), exactTime.nullable(), z.string()]);
type Next = z.infer<typeof next>;

type EventRow = FoundEvent & { version: number; n: number };
type BesideRow = FoundBeside & { id: string; exact_at: string };
/** Where to go on: the first of what is left, itself included. Null = nothing is left. */
type From<Place> = { isOver: boolean; place: Place | null };
type EventPlace = [version: number, n: number];
type BesidePlace = [at: string, id: string];

/** A page of what happened to a session, newest first (R22). @throws Problem NOT_FOUND */
export async function readHistory(
  db: Db,
  person: Person,
  { session, cursor, limit }: HistoryQuery & { session: SessionId },
): Promise<{ entries: HistoryEntry[]; cursor: string | null }> {
  await mustView(db, person, session);
  const from = startOf(cursor === undefined ? null : decodeCursor(cursor, next));
  const events = await eventsFrom(db, session, from.events, limit + 1);
  const beside = await besideFrom(db, session, from.beside, limit + 1);
  const page: (EventRow | BesideRow)[] = [];
  while (page.length < limit) {
    const row = isNewer(beside[0], events[0]) ? beside.shift() : events.shift();
    if (row === undefined) break;
    page.push(row);
  }
  const ids = page.flatMap((row) =>
    'event' in row ? idsOfEvent(row) : [row.by, row.agent, row.from],
  );
  const names = await namesOf(
    db,
    ids.filter((id) => id !== null),
  );
  return {
    entries: page.flatMap((row) =>
      'event' in row ? entryOfEvent(row, names) : [entryOfBeside(row, names)],
    ),
    cursor: cursorBefore(events[0], beside[0]),
  };
}

function isNewer(beside: BesideRow | undefined, event: EventRow | undefined): boolean {
  if (beside === undefined) return false;
  return event === undefined || beside.at.getTime() >= event.event.at;
}

/** Versions begin at 1: 0 says that no event is left. */
function cursorBefore(event: EventRow | undefined, beside: BesideRow | undefined): string | null {
  if (event === undefined && beside === undefined) return null;
  const place: Next = [
    event?.version ?? 0,
    event?.n ?? 0,
    beside?.exact_at ?? null,
    beside?.id ?? '',
  ];
  return encodeCursor(place);
}

function startOf(place: Next | null): { events: From<EventPlace>; beside: From<BesidePlace> } {
  if (place === null)
    return { events: { isOver: false, place: null }, beside: { isOver: false, place: null } };
  const [version, n, at, id] = place;
  return {
    events: { isOver: version === 0, place: [version, n] },
    beside: at === null ? { isOver: true, place: null } : { isOver: false, place: [at, id] },
  };
}

async function eventsFrom(
  db: Db,
  session: SessionId,
  { isOver, place }: From<EventPlace>,
  limit: number,
): Promise<EventRow[]> {
  if (isOver) return [];
  const [version, n] = place ?? [null, null];
  const { rows } = await sql<EventRow>`
    select e.version, e.n, e.event, a.trace, note.text as note
    from session_event e
    left join assignment a on e.type in ('Assigned', 'NotAssigned')
      and a.session_id = e.session_id and a.no = (e.event->>'no')::int
    left join message note on note.id = a.note_id
    where e.session_id = ${session} and e.type = any(${Object.keys(SHOWN)})
      and (${version}::int is null or (e.version, e.n) <= (${version}, ${n}))
    order by e.version desc, e.n desc
    limit ${limit}
  `.execute(db);
  return rows;
}

/**
 * Labels, notes and moderation; and who became responsible for the customer by an assignment in this session (R11). It
 * stands in the history of the customer as this channel knows them, whoever they are joined with by now.
 */
async function besideFrom(
  db: Db,
  session: SessionId,
  { isOver, place }: From<BesidePlace>,
  limit: number,
): Promise<BesideRow[]> {
  if (isOver) return [];
  const [at, id] = place ?? [null, null];
  const { rows } = await sql<BesideRow>`
    with side as (
      select id, at, type, agent_id as by, null::text as agent, null::text as "from", detail->>'action' as how, detail
      from side_event
      where session_id = ${session}
        and (${at}::timestamptz is null or (at, id) <= (${at}::timestamptz, ${id}))
      order by at desc, id desc limit ${limit}
    ), owner as (
      select told.id, told.at, told.type, told.agent_id as by, told.detail->>'to' as agent,
        told.detail->>'from' as "from", told.detail->>'how' as how, '{}'::jsonb as detail
      from session join customer_event told on told.customer_id = session.customer_id
      where session.id = ${session} and told.type = 'owner_changed' and told.detail->>'session' = session.id
        and (${at}::timestamptz is null or (told.at, told.id) <= (${at}::timestamptz, ${id}))
      order by told.at desc, told.id desc limit ${limit}
    ), beside as (
      select * from side union all select * from owner order by at desc, id desc limit ${limit}
    )
    select beside.id, beside.at, beside.at::text as exact_at, beside.type, beside.by, beside.agent, beside."from",
      beside.how, detail->>'label' as label_id,
      coalesce(detail->>'name', label.name) as label_name,
      note.id as message_id,
      case when beside.type = 'note' and note.removed_at is null then note.text end as note
    from beside
    left join label on label.id = detail->>'label'
    left join message note on note.id = detail->>'message' and note.session_id = ${session}
    order by beside.at desc, beside.id desc
  `.execute(db);
  return rows;
}
