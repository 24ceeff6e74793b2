/** The rows that statistics count: written by what a turn tells, read when an answer looks back. */
import { sql } from 'kysely';
import type { Facts, RoundFacts, WaitFacts } from '#domain/facts.ts';
import type { ChannelId, SessionId, SessionKind } from '#domain/ids.ts';
import type { Instant } from '#domain/instant.ts';
import type { Db, Trx } from './database.ts';

export type CountedSession = { id: SessionId; channelId: ChannelId; kind: SessionKind };

/**
 * Merges what was told into the stored rows, in one statement: domain/facts-merge.ts in SQL.
 * @returns false when something was told of a round that is not stored, and whose beginning was not told
 */
export async function mergeFacts(
  trx: Trx,
  session: CountedSession,
  facts: Facts,
): Promise<boolean> {
  const { id, channelId, kind } = session;
  const { rows } = await sql<{ stored: number }>`
    with told_round as (
      select t.*, coalesce(t.opened_at, r.opened_at) as opened, coalesce(t.opened_by, r.opened_by) as opener
      from jsonb_to_recordset(${JSON.stringify(facts.rounds.map(roundRow))}::jsonb) as t(
        no int, opened_at timestamptz, opened_by text, first_customer_at timestamptz,
        first_assigned_at timestamptz, first_assignee_id text, first_answer_at timestamptz,
        first_answer_by text, done_at timestamptz, done_cause text, done_by text, assignee_id text)
      left join round r on r.session_id = ${id} and r.no = t.no
    ), stored_round as (
      insert into round (session_id, no, channel_id, kind, opened_at, opened_by, first_customer_at,
        first_assigned_at, first_assignee_id, first_answer_at, first_answer_by, done_at, done_cause, done_by,
        assignee_id)
      select ${id}, no, ${channelId}, ${kind}, opened, opener, first_customer_at, first_assigned_at,
        first_assignee_id, first_answer_at, first_answer_by, done_at, done_cause, done_by, assignee_id
      from told_round where opened is not null
      on conflict (session_id, no) do update set
        first_customer_at = least(round.first_customer_at, excluded.first_customer_at),
        first_assigned_at = least(round.first_assigned_at, excluded.first_assigned_at),
        first_assignee_id = case when ${isEarlier('first_assigned_at')}
          then excluded.first_assignee_id else round.first_assignee_id end,
        first_answer_at = least(round.first_answer_at, excluded.first_answer_at),
        first_answer_by = case when ${isEarlier('first_answer_at')}
          then excluded.first_answer_by else round.first_answer_by end,
        done_at = coalesce(excluded.done_at, round.done_at),
        done_cause = coalesce(excluded.done_cause, round.done_cause),
        done_by = coalesce(excluded.done_by, round.done_by),
        assignee_id = excluded.assignee_id
      returning no
    ), stored_wait as (
      insert into wait (session_id, no, round, channel_id, kind, started_at, due_at, ended_at, ended_by, outcome,
        assignee_id, answered_by)
      select ${id}, no, round, ${channelId}, ${kind}, started_at, due_at, ended_at, ended_by, outcome, assignee_id,
        answered_by
      from jsonb_to_recordset(${JSON.stringify(facts.waits.map(waitRow))}::jsonb) as t(
        no int, round int, started_at timestamptz, due_at timestamptz, ended_at timestamptz, ended_by text,
        outcome text, assignee_id text, answered_by text)
      on conflict (session_id, no) do update set
        due_at = case when wait.outcome = 'missed' then wait.due_at else excluded.due_at end,
        ended_at = coalesce(excluded.ended_at, wait.ended_at),
        ended_by = coalesce(excluded.ended_by, wait.ended_by),
        outcome = case when wait.outcome = 'missed'
          and (excluded.ended_at is null or excluded.due_at is distinct from wait.due_at)
          then wait.outcome else excluded.outcome end,
        assignee_id = excluded.assignee_id,
        answered_by = coalesce(excluded.answered_by, wait.answered_by)
      returning no
    )
    select count(*)::int as stored from stored_round
  `.execute(trx);
  return rows[0]?.stored === facts.rounds.length;
}

/** Whether the moment that is newly told is the first of its kind. */
function isEarlier(column: 'first_assigned_at' | 'first_answer_at') {
  const [told, said] = [sql.ref(`round.${column}`), sql.ref(`excluded.${column}`)];
  return sql<boolean>`${said} is not null and (${told} is null or ${said} < ${told})`;
}

/** The rounds and waits of a session that ran at a moment or later. */
export async function readFacts(db: Db, id: SessionId, since: Instant): Promise<Facts> {
  const from = new Date(since);
  const { rows } = await sql<Facts>`
    select
      (select coalesce(jsonb_agg(jsonb_build_object('no', no, 'openedAt', ${ms('opened_at')},
        'openedBy', opened_by, 'firstCustomerAt', ${ms('first_customer_at')},
        'firstAssignedAt', ${ms('first_assigned_at')}, 'firstAssignee', first_assignee_id,
        'firstAnswerAt', ${ms('first_answer_at')}, 'firstAnswerBy', first_answer_by,
        'doneAt', ${ms('done_at')}, 'doneCause', done_cause, 'doneBy', done_by,
        'assignee', assignee_id)), '[]')
      from round where session_id = ${id} and (done_at is null or done_at >= ${from})) as rounds,
      (select coalesce(jsonb_agg(jsonb_build_object('no', no, 'round', round,
        'startedAt', ${ms('started_at')}, 'dueAt', ${ms('due_at')}, 'endedAt', ${ms('ended_at')},
        'endedBy', ended_by, 'outcome', outcome, 'assignee', assignee_id,
        'answeredBy', answered_by)), '[]')
      from wait where session_id = ${id} and (ended_at is null or ended_at >= ${from})) as waits
  `.execute(db);
  return rows[0] ?? { rounds: [], waits: [] };
}

/** A stored moment as the rules know it. */
function ms(column: string) {
  return sql`(extract(epoch from ${sql.ref(column)}) * 1000)::bigint`;
}

function roundRow(round: RoundFacts) {
  return {
    no: round.no,
    opened_at: stored(round.openedAt),
    opened_by: round.openedBy,
    first_customer_at: stored(round.firstCustomerAt),
    first_assigned_at: stored(round.firstAssignedAt),
    first_assignee_id: round.firstAssignee,
    first_answer_at: stored(round.firstAnswerAt),
    first_answer_by: round.firstAnswerBy,
    done_at: stored(round.doneAt),
    done_cause: round.doneCause,
    done_by: round.doneBy,
    assignee_id: round.assignee,
  };
}

function waitRow(wait: WaitFacts) {
  return {
    no: wait.no,
    round: wait.round,
    started_at: stored(wait.startedAt),
    due_at: stored(wait.dueAt),
    ended_at: stored(wait.endedAt),
    ended_by: wait.endedBy,
    outcome: wait.outcome,
    assignee_id: wait.assignee,
    answered_by: wait.answeredBy,
  };
}

function stored(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
