/** All that is known of some sessions, read at rest: what the invariants are held against. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Facts } from '#domain/facts.ts';
import type { AgentId, CommandId, MessageId, SessionId } from '#domain/ids.ts';
import type { Entry } from '#domain/session/entry.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import type { Session } from '#domain/session/session.ts';
import { readFacts as readCounted } from '#db/facts-rows.ts';
import { toEntry } from '#db/journal.ts';
import type { MessageAuthor, MessageState } from '#db/stored.ts';
import type { Message as SandboxMessage } from '#sandbox/world.ts';
import { sessionWorkflowId, viewQuery, type SessionView } from '#workflows/messages.ts';
import type { World } from './world.ts';

export type StoredMessage = {
  id: MessageId;
  seq: number;
  direction: 'in' | 'out';
  author: MessageAuthor;
  mid: string | null;
  text: string | null;
  state: MessageState;
  receivedAt: Date;
};

export type StoredCommand = {
  id: CommandId;
  agent: AgentId;
  seq: number;
  type: string;
  state: 'pending' | 'done' | 'refused';
  code: string | null;
  detail: { assignee: { id: AgentId } | null } | null;
};

export type StoredAssignment = { no: number; how: string; agent: AgentId | null };

/** The row of a session, with the columns that show what the state says. */
export type StoredSession = {
  id: SessionId;
  customer: string;
  status: Session['status'];
  assignee: AgentId | null;
  round: number;
  waitingSince: Date | null;
  warnedAt: Date | null;
  overdueAt: Date | null;
  supporters: AgentId[];
  snoozedUntil: Date | null;
  inLineSince: Date | null;
  dueAt: Date | null;
  nextDueAt: Date | null;
  lastAssignee: AgentId | null;
  closedAt: Date | null;
  closedBy: AgentId | null;
  state: Session | null;
  version: number;
  appliedSeq: number;
  startSeq: number;
  lastSeq: number;
  deliveredSeq: number;
};

export type SessionFacts = StoredSession & {
  events: SessionEvent[];
  journal: Entry[];
  messages: StoredMessage[];
  commands: StoredCommand[];
  assignments: StoredAssignment[];
  /** What statistics count (R40). */
  counted: Facts;
  /** What the workflow answers: null = none is running. Not asked for Done sessions. */
  view: SessionView | null;
  /** The conversation at the platform. */
  thread: SandboxMessage[];
};

/** Reads everything about the sessions of these customers. */
export async function readFacts(
  world: World,
  customers: readonly string[],
): Promise<SessionFacts[]> {
  const { db } = world;
  const sessions = await readSessions(world, customers);
  const ids = sessions.map((session) => session.id);
  type Of<Row> = Row & { sessionId: SessionId };
  const { rows: events } = await sql<Of<{ event: SessionEvent }>>`
    select session_id as "sessionId", event from session_event
    where session_id = any(${ids}::text[]) order by version, n`.execute(db);
  const { rows: journal } = await sql<Of<{ seq: number; at: Date; fact: unknown }>>`
    select session_id as "sessionId", seq, at, fact from session_journal
    where session_id = any(${ids}::text[]) order by seq`.execute(db);
  const { rows: messages } = await sql<Of<StoredMessage>>`
    select session_id as "sessionId", id, seq, direction, author, mid, text, state,
      received_at as "receivedAt" from message
    where session_id = any(${ids}::text[]) order by seq, id`.execute(db);
  const { rows: commands } = await sql<Of<StoredCommand>>`
    select session_id as "sessionId", id, agent_id as agent, seq, type, state, code, detail from command
    where session_id = any(${ids}::text[]) order by seq`.execute(db);
  const { rows: assignments } = await sql<Of<StoredAssignment>>`
    select session_id as "sessionId", no, how, agent_id as agent from assignment
    where session_id = any(${ids}::text[]) order by no`.execute(db);
  const of = <Row extends { sessionId: SessionId }>(rows: Row[]) =>
    Map.groupBy(rows, (row) => row.sessionId);
  const grouped = {
    events: of(events),
    journal: of(journal),
    messages: of(messages),
    commands: of(commands),
    assignments: of(assignments),
  };
  const counted = new Map<SessionId, Facts>();
  await inTurns(ids, AT_ONCE, async (id) => {
    counted.set(id, await readCounted(db, id, 0));
  });
  const views = await readViews(world, sessions);
  const threads = await readThreads(world, sessions);
  return sessions.map((session) => ({
    ...session,
    events: (grouped.events.get(session.id) ?? []).map((row) => row.event),
    journal: (grouped.journal.get(session.id) ?? []).map(toEntry),
    messages: grouped.messages.get(session.id) ?? [],
    commands: grouped.commands.get(session.id) ?? [],
    assignments: grouped.assignments.get(session.id) ?? [],
    counted: counted.get(session.id) ?? { rounds: [], waits: [] },
    view: views.get(session.id) ?? null,
    thread: threads.get(session.customer) ?? [],
  }));
}

async function readSessions({ db }: World, customers: readonly string[]): Promise<StoredSession[]> {
  const { rows } = await sql<StoredSession>`
    select s.id, i.external_id as customer, s.status, s.assignee_id as assignee, s.round,
      s.waiting_since as "waitingSince", s.warned_at as "warnedAt", s.overdue_at as "overdueAt",
      s.supporters, s.snoozed_until as "snoozedUntil", s.in_line_since as "inLineSince",
      s.due_at as "dueAt", s.next_due_at as "nextDueAt", s.last_assignee_id as "lastAssignee",
      s.closed_at as "closedAt", s.closed_by as "closedBy", s.state,
      s.version, s.applied_seq as "appliedSeq", s.start_seq as "startSeq", q.last_seq as "lastSeq",
      q.delivered_seq as "deliveredSeq"
    from customer_identity i
    join session s on s.customer_id = i.customer_id
    join session_queue q on q.session_id = s.id
    where i.external_id = any(${[...customers]}::text[])
  `.execute(db);
  return rows;
}

const AT_ONCE = 16;
/** A workflow hears of its commit a moment after everybody else can read it: on a busy machine it may take seconds. */
const HEARS_WITHIN_MS = 30_000;
const VIEW_EVERY_MS = 100;

async function readViews(
  { temporal, workspace }: World,
  sessions: readonly StoredSession[],
): Promise<Map<SessionId, SessionView>> {
  const views = new Map<SessionId, SessionView>();
  const open = sessions.filter((session) => session.status !== 'done');
  await inTurns(open, AT_ONCE, async ({ id, version }) => {
    const workflowId = sessionWorkflowId({ id, channelId: workspace.channelId });
    const handle = temporal.workflow.getHandle(workflowId);
    for (const end = Date.now() + HEARS_WITHIN_MS; ; await sleep(VIEW_EVERY_MS)) {
      const { status } = await handle.describe();
      if (status.name !== 'RUNNING') return;
      const view = await handle.query(viewQuery);
      views.set(id, view);
      // What it is told again after a kill it drops when it next looks.
      if ((view.version >= version && view.waiting === 0) || Date.now() > end) return;
    }
  });
  return views;
}

async function readThreads(
  { meta }: World,
  sessions: readonly StoredSession[],
): Promise<Map<string, SandboxMessage[]>> {
  const threads = new Map<string, SandboxMessage[]>();
  await inTurns(sessions, AT_ONCE, async ({ customer }) => {
    threads.set(customer, await meta.thread(customer));
  });
  return threads;
}

/** Does something for each, so many at a time. */
export async function inTurns<One>(
  all: readonly One[],
  atOnce: number,
  work: (one: One, index: number) => Promise<void>,
): Promise<void> {
  const queue = all.entries();
  const worker = async (): Promise<void> => {
    for (const [index, one] of queue) await work(one, index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
}
