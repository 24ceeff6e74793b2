/** Why a session stands as it does. From the projections alone, so that it is answered with Temporal down. */
import { sql } from 'kysely';
import type { Explanation } from '#contracts/explain.ts';
import { Problem } from '#contracts/errors.ts';
import type { Trace } from '#domain/assignment.ts';
import { effectOf, explain } from '#domain/explain.ts';
import { heldClocks } from '#domain/held-clocks.ts';
import type { AgentId, ChannelId, SessionId } from '#domain/ids.ts';
import { runningClocks } from '#domain/session/clocks.ts';
import type { AssignmentHow, SessionEvent } from '#domain/session/event.ts';
import { standsInLineSince } from '#domain/session/line.ts';
import { isOpen, type Send, type Session } from '#domain/session/session.ts';
import { upcast, type StoredSession } from '#domain/session/upcast.ts';
import type { Db } from './database.ts';
import { standsInLine } from './in-line.ts';
import { idsIn, nameOf, namesOf, whyOf, type Names } from './names.ts';
import type { Person } from './people.ts';
import { visibleTo } from './visibility.ts';

/** Automatic actions that are told; and last decisions in the plain words, as Temporal shows them. */
const ACTIONS = 20;
const RECENT_EVENTS = 10;

type Found = {
  channel_id: ChannelId;
  state: StoredSession | null;
  before: number;
  distribution: boolean;
  last_seq: number;
  delivered_seq: number;
  applied_seq: number;
  lag_since: Date | null;
  next_due_at: Date | null;
  now: Date;
};

type Decided = {
  no: number;
  at: Date;
  how: AssignmentHow;
  agent_id: AgentId | null;
  from_id: AgentId | null;
  by_id: AgentId | null;
  trace: Trace;
};

/** @throws Problem NOT_FOUND when it may not be viewed */
export async function explainSession(
  db: Db,
  person: Person,
  id: SessionId,
): Promise<Omit<Explanation, 'workflow'> & { channelId: ChannelId }> {
  const found = await findSession(db, person, id);
  const session = upcast(found.state);
  const decisions = await readDecisions(db, id);
  const open = isOpen(session) ? session : null;
  const supporters = open?.supporters ?? [];
  const names = await namesOf(
    db,
    [
      session.assignee,
      ...supporters,
      ...session.sends.map(({ author }) => author),
      ...decisions.flatMap((one) => [one.agent_id, one.from_id, one.by_id, ...idsIn(one.trace)]),
    ].filter((one) => one !== null),
  );
  const last = decisions.find(({ agent_id }) => agent_id !== null);
  const fruitless = decisions[0]?.agent_id === null ? decisions[0] : undefined;
  return {
    id,
    channelId: found.channel_id,
    status: session.status,
    round: session.round,
    inCharge: nameOf(names, session.assignee),
    supporters: supporters.map((agent) => nameOf(names, agent)),
    lastAssignment: toDecision(last, names),
    lastFruitless: toDecision(fruitless, names),
    line: lineOf(session, found),
    waitingSince: toDate(open?.wait?.startedAt),
    overdueAt: toDate(open?.wait?.overdueAt),
    snoozedUntil: toDate(open?.snoozedUntil),
    ...clocksOf(session, found.now),
    sends: session.sends.map((send) => toSend(send, names)),
    unsent: session.unsent.map(({ messageId, how }) => ({ messageId, how })),
    journal: journalOf(found),
    actions: await readActions(db, id),
    text: explain(session, await readRecent(db, id)),
  };
}

async function findSession(db: Db, person: Person, id: SessionId): Promise<Found> {
  const { rows } = await sql<Found>`
    select session.channel_id, session.state, channel.distribution, queue.last_seq, queue.delivered_seq,
      session.applied_seq, session.next_due_at, clock_timestamp() as now,
      (select min(journal.at) from session_journal journal
        where journal.session_id = session.id and journal.seq = session.applied_seq + 1) as lag_since,
      case when session.in_line_since is null then 0 else (
        select count(*)::int from session other
        where other.channel_id = session.channel_id and other.kind = session.kind
          and ${standsInLine('other')}
          and (other.in_line_since, other.id) < (session.in_line_since, session.id)) end as before
    from session
    join channel on channel.id = session.channel_id
    join session_queue queue on queue.session_id = session.id
    where session.id = ${id} and ${visibleTo(person)}
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Problem('NOT_FOUND');
  return row;
}

function lineOf(session: Session, { before, distribution }: Found): Explanation['line'] {
  const since = standsInLineSince(session);
  return since === null ? null : { since: new Date(since), before, isMoving: distribution };
}

/** The newest decision, and the newest that put somebody in charge. */
async function readDecisions(db: Db, id: SessionId): Promise<Decided[]> {
  const { rows } = await sql<Decided>`
    select no, at, how, agent_id, from_id, by_id, trace from assignment
    where session_id = ${id} and no in (
      select max(no) from assignment where session_id = ${id}
      union all
      select max(no) from assignment where session_id = ${id} and agent_id is not null)
    order by no desc
  `.execute(db);
  return rows;
}

async function readActions(db: Db, id: SessionId): Promise<Explanation['actions']> {
  const rows = await db
    .selectFrom('automatic_action')
    .select(['type', 'message_id', 'state', 'failure', 'text', 'created_at', 'ended_at', 'trace'])
    .where('session_id', '=', id)
    .orderBy('message_id', 'desc')
    .orderBy('position')
    .limit(ACTIONS)
    .execute();
  return rows.map(({ message_id, created_at, ended_at, ...action }) => ({
    ...action,
    messageId: message_id,
    createdAt: created_at,
    endedAt: ended_at,
  }));
}

async function readRecent(db: Db, id: SessionId): Promise<SessionEvent[]> {
  const rows = await db
    .selectFrom('session_event')
    .select('event')
    .where('session_id', '=', id)
    .orderBy('version', 'desc')
    .orderBy('n', 'desc')
    .limit(RECENT_EVENTS)
    .execute();
  return rows.map(({ event }) => event).reverse();
}

function clocksOf(session: Session, now: Date): Pick<Explanation, 'clocks' | 'held'> {
  return {
    clocks: runningClocks(session).map(({ clock, at }) => ({
      clock,
      dueAt: new Date(at),
      effect: effectOf(clock),
    })),
    held: heldClocks(session, now.getTime()),
  };
}

function journalOf(found: Found): Explanation['journal'] {
  return {
    lastSeq: found.last_seq,
    deliveredSeq: found.delivered_seq,
    appliedSeq: found.applied_seq,
    waiting: Math.max(0, found.last_seq - found.applied_seq),
    waitingSince: found.lag_since,
    nextDueAt: found.next_due_at,
  };
}

function toDecision(decided: Decided | undefined, names: Names): Explanation['lastAssignment'] {
  if (decided === undefined) return null;
  const { no, at, how, agent_id, from_id, by_id, trace } = decided;
  return {
    no,
    at,
    how,
    agent: nameOf(names, agent_id),
    from: nameOf(names, from_id),
    by: nameOf(names, by_id),
    why: whyOf(trace, names),
  };
}

function toSend(send: Send, names: Names): Explanation['sends'][number] {
  const { messageId, purpose, author, attempt, phase } = send;
  return {
    messageId,
    purpose,
    by: nameOf(names, author),
    sentAt: new Date(send.sentAt),
    attempt,
    phase: phase.name,
    nextAt: new Date(nextOf(phase)),
  };
}

function nextOf(phase: Send['phase']): number {
  switch (phase.name) {
    case 'queued':
      return phase.notBefore;
    case 'sending':
      return phase.lapsesAt;
    case 'checking':
      return phase.lookAt;
  }
}

function toDate(at: number | null | undefined): Date | null {
  return at == null ? null : new Date(at);
}
