/** What happened on a channel, as a dry run replays it (R64). Only read, in portions; nothing is locked. */
import { sql } from 'kysely';
import type { Trace } from '#domain/assignment.ts';
import { cursorsBefore } from '#domain/dry-run/start.ts';
import { createDepartures } from '#domain/dry-run/departures.ts';
import { createTimeline, type Timeline } from '#domain/dry-run/timeline.ts';
import { REPLAYED, type DryRunHistory, type RecordedSession } from '#domain/dry-run/compare.ts';
import type { AgentId, ChannelId, GroupId, SessionId, SessionKind } from '#domain/ids.ts';
import { keywordFinder, type KeywordRule } from '#domain/keyword-rule.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Db } from './database.ts';
import { addElsewhere, addPresence } from './dry-run-people.ts';
import { eventsOf, known, sessionsAtWork, type AtWork } from './dry-run-sessions.ts';

export type HistoryOf = {
  channel: ChannelId;
  from: Date;
  /** Of the teams that are compared. */
  agents: AgentId[];
  /** What is looked for in customers' words. */
  keywordRules: KeywordRule[];
  /** By which the period was worked; they say whose rotation a trace tells of. */
  presentRules: KeywordRule[];
  groups: Record<GroupId, AgentId[]>;
  /** Somebody has a capacity: sessions of other channels count too (R48). */
  isLimited: boolean;
};

export async function readHistory(db: Db, of: HistoryOf): Promise<DryRunHistory> {
  const from = of.from.getTime();
  const happenings = createTimeline(from);
  const find = keywordFinder(of.keywordRules);
  const departures = createDepartures();
  const earliest: Record<SessionKind, Decided[]> = { message: [], comment: [] };
  await addPresence(db, happenings, of);
  if (of.isLimited) await addElsewhere(db, happenings, of);
  for await (const portion of sessionsAtWork(db, of.channel, of.from)) {
    const events = await eventsOf(db, portion, REPLAYED);
    const said = of.keywordRules.length === 0 ? NOTHING : await wordsOf(db, portion, find);
    for (const row of await readSessions(db, portion, of.from)) {
      const session = { ...row.session, said: said.get(row.session.id) ?? [] };
      addSession(happenings, { ...row, session }, events.get(session.id) ?? []);
      for (const event of events.get(session.id) ?? []) departures.note(session, event);
      noteEarliest(earliest[session.kind], session.id, { from, events: events.get(session.id) });
    }
  }
  departures.addTo(happenings);
  return {
    from,
    happenings,
    groups: of.groups,
    cursors: {
      message: cursorsBefore(await readTraces(db, earliest.message), of.presentRules),
      comment: cursorsBefore(await readTraces(db, earliest.comment), of.presentRules),
    },
  };
}

type Row = {
  session: RecordedSession;
  /** To which group it was given by hand, by the number of the assignment (R34). */
  groups: Record<string, GroupId> | null;
  /** Changes of the customer's owner by hand. */
  owners: { at: number; owner: AgentId | null }[] | null;
};

function addSession(happenings: Timeline, row: Row, events: readonly SessionEvent[]): void {
  const { session, groups, owners } = row;
  for (const { at, owner } of owners ?? [])
    happenings.add({ type: 'owner', at, person: session.person, owner });
  for (const event of events) {
    const group = event.type === 'Assigned' ? groups?.[event.no] : undefined;
    happenings.add({
      type: 'session',
      at: event.at,
      session,
      event,
      ...(group === undefined ? {} : { group }),
    });
  }
}

/** Other sessions of a customer that are looked through for who had them. */
const MOST_OTHERS = 20;

async function readSessions(db: Db, sessions: readonly AtWork[], from: Date): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select jsonb_build_object(
        'id', s.id, 'kind', s.kind, 'person', root.id,
        'owner', case when change.detail is null then root.owner_id else change.detail->>'from' end,
        'lastAssignee', ${lastAssignee(sql`s.id`, sql`known.first`)},
        'others', coalesce(others.list, '[]')) as session,
      (select jsonb_object_agg(a.no, a.trace->'steps'->0->>'about') from assignment a
        where a.session_id = s.id and a.how = 'manual' and a.at >= known.first
          and a.trace->'steps'->0->>'about' is not null) as groups,
      (select jsonb_agg(jsonb_build_object('at', (extract(epoch from e.at) * 1000)::bigint, 'owner', e.detail->>'to')
          order by e.at, e.id)
        from customer_event e where e.customer_id = any(array[s.customer_id, root.id]) and e.at >= ${from}
          and e.type = 'owner_changed' and e.detail->>'how' is distinct from 'assignment') as owners
    from ${known(sessions)}
    join session s on s.id = known.id
    join customer c on c.id = s.customer_id
    join customer root on root.id = coalesce(c.merged_into, c.id)
    left join lateral (
      select e.detail from customer_event e
      where e.customer_id = any(array[s.customer_id, root.id]) and e.at >= ${from} and e.type = 'owner_changed'
      order by e.at, e.id limit 1) change on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('id', other.id, 'lastAssignee', ${lastAssignee(sql`other.id`, sql`${from}::timestamptz`)})
        order by (select m.received_at from message m where m.session_id = other.id and m.received_at <= known.first
          order by m.seq desc limit 1) desc nulls last, other.id desc) as list
      from (select id from session
        where customer_id = s.customer_id and channel_id = s.channel_id and id <> s.id
        order by last_message_at desc, id desc limit ${MOST_OTHERS}) other) others on true
  `.execute(db);
  return rows;
}

/** R4: who had it last before a moment. */
function lastAssignee(id: ReturnType<typeof sql>, before: ReturnType<typeof sql>) {
  return sql`(select a.agent_id from assignment a
    where a.session_id = ${id} and a.at < ${before} and a.agent_id is not null order by a.no desc limit 1)`;
}

type Said = RecordedSession['said'];
const NOTHING: ReadonlyMap<SessionId, Said> = new Map();

/** The keywords in what customers wrote; the words themselves are not kept. */
async function wordsOf(
  db: Db,
  sessions: readonly AtWork[],
  find: (text: string) => string[],
): Promise<Map<SessionId, Said>> {
  const { rows } = await sql<{ id: SessionId; seq: number; at: number; text: string }>`
    select m.session_id as id, m.seq, (extract(epoch from m.received_at) * 1000)::bigint as at, m.text
    from ${known(sessions)}
    join message m on m.session_id = known.id
    -- It may have been read long after it was received.
    where m.direction = 'in' and m.removed_at is null and not m.from_blocked and m.text is not null
      and m.received_at >= known.first - interval '1 day'
    order by m.session_id, m.seq
  `.execute(db);
  const said = new Map<SessionId, Said>();
  for (const { id, seq, at, text } of rows) {
    const keywords = find(text);
    if (keywords.length > 0) said.set(id, [...(said.get(id) ?? []), { seq, at, keywords }]);
  }
  return said;
}

type Decided = { id: SessionId; no: number; at: number };
/** The first decisions of a period name the rotations that matter. */
const MOST_TRACES = 200;

function noteEarliest(
  earliest: Decided[],
  id: SessionId,
  { from, events = [] }: { from: number; events: readonly SessionEvent[] | undefined },
): void {
  for (const event of events)
    if ((event.type === 'Assigned' || event.type === 'NotAssigned') && event.at >= from)
      earliest.push({ id, no: event.no, at: event.at });
  if (earliest.length < 10 * MOST_TRACES) return;
  earliest.sort((one, other) => one.at - other.at).splice(MOST_TRACES);
}

async function readTraces(db: Db, earliest: Decided[]): Promise<Trace[]> {
  const first = earliest.sort((one, other) => one.at - other.at).slice(0, MOST_TRACES);
  const { rows } = await sql<{ trace: Trace }>`
    select a.trace from unnest(${first.map(({ id }) => id)}::text[], ${first.map(({ no }) => no)}::int[])
      with ordinality as decided(id, no, place)
    join assignment a on a.session_id = decided.id and a.no = decided.no
    order by decided.place
  `.execute(db);
  return rows.map(({ trace }) => trace);
}
