import { sql } from 'kysely';
import type { ChannelId, CustomerId, SessionId, SessionKind } from '#domain/ids.ts';
import { nextDueAt, responseDueAt } from '#domain/session/clocks.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { standsInLineSince } from '#domain/session/line.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import { upcast } from '#domain/session/upcast.ts';
import type { Trx } from './database.ts';
import { STATE_NEW } from './delivery-queue.ts';
import type { Audience } from './stored.ts';

/** The session row as a turn finds it, locked until the transaction ends. */
export type TurnRow = {
  id: SessionId;
  channelId: ChannelId;
  kind: SessionKind;
  customerId: CustomerId;
  run: number;
  version: number;
  commitKey: string | null;
  commitResult: unknown;
  state: Session;
  windowFrom: Date | null;
  settingsVersion: number;
  /** Somebody has a capacity (R48). */
  isLimited: boolean;
  /** A wake stands in its journal that has not been used. */
  isWoken: boolean;
  audience: Audience;
};

/** Locks the session's row. Null when it was erased. */
export async function lockForTurn(trx: Trx, sessionId: SessionId): Promise<TurnRow | null> {
  const row = await trx
    .selectFrom('session')
    .innerJoin('workspace', (join) => join.onTrue())
    .select([
      'session.id',
      'session.channel_id',
      'session.kind',
      'session.run',
      'session.version',
      'session.commit_key',
      'session.commit_result',
      'session.state',
      'session.window_from',
      'session.customer_id',
      'session.assignee_id',
      'session.supporters',
      'session.line_woken_at',
      'workspace.settings_version',
      sql<boolean>`workspace.capacity is not null
        or exists (select from agent where capacity is not null)`.as('is_limited'),
    ])
    .where('session.id', '=', sessionId)
    .forUpdate('session')
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id,
    channelId: row.channel_id,
    kind: row.kind,
    customerId: row.customer_id,
    run: row.run,
    version: row.version,
    commitKey: row.commit_key,
    commitResult: row.commit_result,
    state: upcast(row.state),
    windowFrom: row.window_from,
    settingsVersion: row.settings_version,
    isLimited: row.is_limited,
    isWoken: row.line_woken_at !== null,
    audience: {
      channel: row.channel_id,
      assignee: row.assignee_id,
      supporters: row.supporters,
    },
  };
}

export type WrittenTurn = {
  session: Session;
  events: readonly SessionEvent[];
  run: number;
  version: number;
  key: string;
  result: unknown;
};

/** Writes the state, what the inbox shows of it, and the events. The only writer of these columns. */
export async function writeSession(trx: Trx, id: SessionId, turn: WrittenTurn): Promise<void> {
  const { session, events } = turn;
  const open = isOpen(session) ? session : null;
  const done = events.findLast((event) => event.type === 'MarkedDone');
  await trx
    .with('told', () => insertEvents(id, turn))
    .updateTable('session')
    .set({
      status: session.status,
      assignee_id: session.assignee,
      round: session.round,
      supporters: open?.supporters ?? [],
      snoozed_until: date(open?.snoozedUntil),
      last_assignee_id: session.lastAssignee,
      in_line_since: date(open?.inLineSince),
      // Whatever came of the wake, it has been used when the entry is applied; and who is in no line needs none.
      ...(usesWake(turn) ? { line_woken_at: null } : {}),
      waiting_since: date(open?.wait?.startedAt),
      warned_at: date(open?.wait?.warnedAt),
      overdue_at: date(open?.wait?.overdueAt),
      due_at: date(open === null ? null : responseDueAt(open)),
      ...(session.status !== 'done' ? { closed_at: null, closed_by: null } : {}),
      ...(done === undefined || session.status !== 'done'
        ? {}
        : { closed_at: date(done.at), closed_by: done.by }),
      state: JSON.stringify(session),
      run: turn.run,
      version: turn.version,
      commit_key: turn.key,
      commit_result: JSON.stringify(turn.result),
      applied_seq: session.lastSeq,
      next_due_at: date(nextDueAt(session)),
      ...readsUpTo(events),
    })
    .where('id', '=', id)
    .execute();
}

/** Out of the line, or a question was asked and answered: both end what the wake was for. */
function usesWake({ session, events }: WrittenTurn): boolean {
  if (standsInLineSince(session) === null) return true;
  return events.some((event) => event.type === 'NotAssigned');
}

/**
 * A reply that was sent again answers what was written before it was, though in the thread it keeps its place: it reads
 * that for everybody (R18). The other answers are seen by the triggers of `message`.
 */
function readsUpTo(events: readonly SessionEvent[]) {
  const places = events.flatMap((event) =>
    event.type === 'StaffAnswered' && event.upToSeq !== null ? [event.upToSeq] : [],
  );
  if (places.length === 0) return {};
  return { answer_seq: sql<number>`greatest(answer_seq, ${Math.max(...places)})` };
}

/** In the same statement as the state: one way to Postgres less for every turn. */
function insertEvents(id: SessionId, { version, events }: WrittenTurn) {
  return sql<{ n: number }>`(
    insert into session_event (session_id, version, n, type, at, event)
    select ${id}, ${version}, n, event->>'type', to_timestamp((event->>'at')::float8 / 1000), event
    from jsonb_array_elements(${JSON.stringify(events)}::jsonb) with ordinality as t(event, n)
    returning n
  )`;
}

function date(at: number | null | undefined): Date | null {
  return at == null || !Number.isFinite(at) ? null : new Date(at);
}

/** Who may hear of a session in this state. */
export function audienceOf(channelId: ChannelId, session: Session): Audience {
  const supporters = isOpen(session) ? session.supporters : [];
  return { channel: channelId, assignee: session.assignee, supporters };
}

/**
 * A delivery that has not been read yet: what is in it may speak against a close or a time-out. Bounded by the
 * newest one of the first look, so that a steady stream of new ones cannot put the move off for ever.
 * @returns up to which delivery must be read first; null = all have been
 */
export async function unreadDelivery(trx: Trx, upTo: number | null): Promise<number | null> {
  let query = trx
    .selectFrom('webhook_delivery')
    .select((eb) => eb.fn.max('id').as('newest'))
    .where('state', '=', STATE_NEW);
  if (upTo !== null) query = query.where('id', '<=', upTo);
  const row = await query.executeTakeFirst();
  return row?.newest ?? null;
}
