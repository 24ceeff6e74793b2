import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { SessionDetail } from '#contracts/session.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import { windowOpenUntil } from '#domain/messaging-window.ts';
import { runningClocks } from '#domain/session/clocks.ts';
import { holdsClocks, isOpen, type Session } from '#domain/session/session.ts';
import { upcast, type StoredSession } from '#domain/session/upcast.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import type { Audience } from './stored.ts';
import {
  agentRefOf,
  sessionColumns,
  sessionJoins,
  toSessionRow,
  type FoundSession,
} from './session-row.ts';
import { accessOf, visibleTo } from './visibility.ts';

type FoundDetail = FoundSession & {
  state: StoredSession | null;
  round: number;
  window_from: Date | null;
  closed_by: AgentId | null;
  closed_by_name: string | null;
  post_id: string;
  post_text: string | null;
  post_permalink: string | null;
};

/** One session with what its clocks are going to do. @throws Problem NOT_FOUND when it may not be viewed */
export async function readSession(
  db: Db,
  person: Person,
  id: SessionId,
): Promise<Omit<SessionDetail, 'workflow'>> {
  const { rows } = await sql<FoundDetail>`
    select ${sessionColumns(person.agent)}, session.state, session.round, session.window_from,
      session.closed_by, closer.name as closed_by_name, session.post_id, post.text as post_text,
      post.permalink as post_permalink
    from session
    ${sessionJoins}
    left join agent closer on closer.id = session.closed_by
    left join post on post.channel_id = session.channel_id and post.external_id = session.post_id
    where session.id = ${id} and ${visibleTo(person)}
  `.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Problem('NOT_FOUND');
  const { channel_id: channel, assignee_id: assignee, supporters } = row;
  const audience = { channel, assignee, supporters };
  const state = upcast(row.state);
  return {
    ...toSessionRow(row),
    access: accessOf(person, audience) === 'act' ? 'act' : 'view',
    round: row.round,
    closedBy: agentRefOf(row.closed_by, row.closed_by_name),
    clocks: clocksOf(state),
    clocksHeld: isOpen(state) && holdsClocks(state),
    post: postOf(row),
    windowOpenUntil: toDate(windowOpenUntil(row.window_from?.getTime() ?? null)),
  };
}

/** Makes sure that a session may be viewed, and says who may. @throws Problem NOT_FOUND */
export async function mustView(db: Db, person: Person, id: SessionId): Promise<Audience> {
  const row = await db
    .selectFrom('session')
    .select(['channel_id', 'assignee_id', 'supporters'])
    .where('id', '=', id)
    .where(visibleTo(person))
    .executeTakeFirst();
  if (row === undefined) throw new Problem('NOT_FOUND');
  return { channel: row.channel_id, assignee: row.assignee_id, supporters: row.supporters };
}

/** Who is in charge of these sessions, null = nobody; what may not be viewed is left out. */
export async function assigneesOf(
  db: Db,
  person: Person,
  ids: readonly SessionId[],
): Promise<Map<SessionId, AgentId | null>> {
  const rows = await db
    .selectFrom('session')
    .select(['id', 'assignee_id'])
    .where('id', '=', sql<SessionId>`any(${[...ids]}::text[])`)
    .where(visibleTo(person))
    .execute();
  return new Map(rows.map((row) => [row.id, row.assignee_id]));
}

function clocksOf(state: Session): SessionDetail['clocks'] {
  return runningClocks(state).map(({ clock, at }) => ({ clock, dueAt: new Date(at) }));
}

function postOf({ kind, post_id: id, post_text: text, post_permalink }: FoundDetail) {
  return kind === 'comment' ? { id, text, permalink: post_permalink } : null;
}

function toDate(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}
