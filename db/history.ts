import { sql } from 'kysely';
import { z } from 'zod';
import type { HistoryEntry, HistoryQuery } from '#contracts/history.ts';
import type { Trace } from '#domain/assignment.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { decodeCursor, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { mustView } from './session-detail.ts';

type Found = {
  version: number;
  n: number;
  event: SessionEvent;
  trace: Trace | null;
  note: string | null;
};
type Names = ReadonlyMap<string, string>;

/** What an event means for the history; the others are the machinery's own. */
const SHOWN: Partial<Record<SessionEvent['type'], HistoryEntry['type']>> = {
  Opened: 'opened',
  Assigned: 'assigned',
  NotAssigned: 'not_assigned',
  Unassigned: 'unassigned',
  Escalated: 'escalated',
  Warned: 'warned',
  Overdue: 'overdue',
  CloseCancelled: 'close_cancelled',
  MarkedDone: 'done',
};

const place = z.tuple([z.int(), z.int()]);

/** A page of what happened to a session, newest first (R22). @throws Problem NOT_FOUND */
export async function readHistory(
  db: Db,
  person: Person,
  query: HistoryQuery & { session: SessionId },
): Promise<{ entries: HistoryEntry[]; cursor: string | null }> {
  await mustView(db, person, query.session);
  const [version, n] =
    query.cursor === undefined ? [null, null] : decodeCursor(query.cursor, place);
  const { rows } = await sql<Found>`
    select e.version, e.n, e.event, a.trace, note.text as note
    from session_event e
    left join assignment a on e.type in ('Assigned', 'NotAssigned')
      and a.session_id = e.session_id and a.no = (e.event->>'no')::int
    left join message note on note.id = a.note_id
    where e.session_id = ${query.session} and e.type = any(${Object.keys(SHOWN)})
      and (${version}::int is null or (e.version, e.n) < (${version}, ${n}))
    order by e.version desc, e.n desc
    limit ${query.limit + 1}
  `.execute(db);
  const page = pageOf(rows, query.limit, (last) => [last.version, last.n]);
  const names = await namesOf(db, page.rows.flatMap(agentsIn));
  return {
    entries: page.rows.flatMap((row) => toEntry(row, names)),
    cursor: page.cursor,
  };
}

async function namesOf(db: Db, ids: readonly AgentId[]): Promise<Names> {
  const agents = await db
    .selectFrom('agent')
    .select(['id', 'name'])
    .where(sql<boolean>`id = any(${[...new Set(ids)]}::text[])`)
    .execute();
  return new Map(agents.map(({ id, name }) => [id, name]));
}

function agentsIn({ event, trace }: Found): AgentId[] {
  const candidates =
    trace?.steps.flatMap((step) => step.candidates.map(({ agent }) => agent)) ?? [];
  const { by, agent, from } = peopleOf(event);
  return [...candidates, ...[by, agent, from].filter((id) => id !== null)];
}

function toEntry({ event, trace, note }: Found, names: Names): HistoryEntry[] {
  const type = SHOWN[event.type];
  if (type === undefined) return [];
  const { by, agent, from } = peopleOf(event);
  const ref = (id: AgentId | null) => (id === null ? null : { id, name: names.get(id) ?? '' });
  const why = (trace?.steps ?? []).map((step) => ({
    rule: step.rule,
    result: names.get(step.result) ?? step.result,
    candidates: step.candidates.map((candidate) => ({
      agent: { id: candidate.agent, name: names.get(candidate.agent) ?? '' },
      taken: candidate.taken,
      why: candidate.why,
    })),
  }));
  return [
    {
      at: new Date(event.at),
      type,
      by: ref(by),
      agent: ref(agent),
      from: ref(from),
      how: howOf(event),
      note,
      why,
    },
  ];
}

type People = { by: AgentId | null; agent: AgentId | null; from: AgentId | null };

function peopleOf(event: SessionEvent): People {
  const nobody: People = { by: null, agent: null, from: null };
  switch (event.type) {
    case 'Assigned':
      return { by: event.by, agent: event.agent, from: event.from };
    case 'Unassigned':
      return { by: event.by, agent: null, from: event.from };
    case 'Opened':
    case 'MarkedDone':
      return { ...nobody, by: event.by };
    default:
      return nobody;
  }
}

function howOf(event: SessionEvent): string | null {
  switch (event.type) {
    case 'Assigned':
      return event.how;
    case 'NotAssigned':
    case 'Opened':
    case 'Unassigned':
    case 'Escalated':
    case 'MarkedDone':
      return event.cause;
    case 'CloseCancelled':
      return event.by;
    default:
      return null;
  }
}
