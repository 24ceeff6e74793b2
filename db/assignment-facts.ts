/** What an assignment is decided from, read under a lock that makes the assignments of one channel follow one another. */
import { sql, type RawBuilder } from 'kysely';
import type { AssignmentFacts, AssignmentRules, TeamMember } from '#domain/assignment.ts';
import { WHOLE_POOL } from '#domain/rotation.ts';
import type { AgentId, ChannelId, GroupId, SessionId, SessionKind } from '#domain/ids.ts';
import type { AssignAsk } from '#domain/session/ask.ts';
import { isOpen, type Session } from '#domain/session/session.ts';
import type { Assignable } from './assignments.ts';
import type { Trx } from './database.ts';
import { standsInLine } from './in-line.ts';

/** Places are counted over all channels: while there is a capacity, assignments follow one another everywhere. */
const CAPACITY_LOCK = 4_801;

/**
 * Locks the channel's rotation, so that it is fair however many sessions come at once, and with a capacity the places
 * of all channels (R48). What is read afterwards was committed before the lock was given; and whoever leaves the team
 * from here on is followed by a departure that waits for it.
 */
export async function lockAssignments(
  trx: Trx,
  row: Assignable & { isLimited: boolean },
): Promise<void> {
  if (row.isLimited) await sql`select pg_advisory_xact_lock(${CAPACITY_LOCK})`.execute(trx);
  await sql`
    insert into rotation (channel_id, kind, target) values (${row.channelId}, ${row.kind}, ${WHOLE_POOL})
    on conflict (channel_id, kind, target) do update set cursor = rotation.cursor
  `.execute(trx);
}

/**
 * Reads them under the lock of `lockAssignments`.
 * @param dice chance, at least 0 and less than 1 (R7)
 */
export async function readAssignmentFacts(
  trx: Trx,
  row: Assignable & { isLimited: boolean },
  { ask, session, dice }: { ask: AssignAsk; session: Session; dice: number },
): Promise<AssignmentFacts> {
  const { rows } = await factsQuery(row, ask).execute(trx);
  const [found] = rows;
  if (found === undefined) throw new Error(`Channel ${row.channelId} is gone`);
  const { lineHead, ...facts } = found;
  return {
    ...facts,
    texts: await textsOf(trx, row, session, facts.rules),
    lineHead: lineHead?.getTime() ?? null,
    dice,
  };
}

/** A line, as far as its free places depend on it (R48). */
export async function readLineFacts(
  trx: Trx,
  line: { channelId: ChannelId; kind: SessionKind },
): Promise<Pick<AssignmentFacts, 'rules' | 'team'>> {
  const { rows } = await sql<Pick<Found, 'rules' | 'team'>>`
    select ${rulesColumn} as rules, ${teamOf({ ...line, id: null, isLimited: true })} as team
    from channel c where c.id = ${line.channelId}
  `.execute(trx);
  const [found] = rows;
  if (found === undefined) throw new Error(`Channel ${line.channelId} is gone`);
  return found;
}

const rulesColumn = sql`jsonb_build_object('sticky', c.sticky, 'distribution', c.distribution,
  'ownerPriority', c.owner_priority, 'mode', c.mode, 'applyTo', c.apply_to,
  'keywordRules', c.keyword_rules, 'transferOwner', c.transfer_owner)`;

type Found = {
  rules: AssignmentRules;
  team: TeamMember[];
  groups: Record<GroupId, AgentId[]>;
  owner: AgentId | null;
  previous: AgentId | null;
  lineHead: Date | null;
  cursors: Record<string, AgentId | null>;
};

function factsQuery(row: Assignable & { isLimited: boolean }, ask: AssignAsk): RawBuilder<Found> {
  const { id, channelId, kind, customerId } = row;
  return sql<Found>`
    select ${rulesColumn} as rules,
      ${teamOf(row)} as team,
      (select coalesce(jsonb_object_agg(named.id, named.members), '{}') from (
        select g.id, coalesce((select jsonb_agg(m.agent_id order by m.position)
          from team_group_member m where m.group_id = g.id), '[]') as members
        from team_group g
        where g.id = ${ask.group} or g.id in (
          select rule->'target'->>'id' from jsonb_array_elements(c.keyword_rules) rule
          where rule->'target'->>'type' = 'group')
      ) named) as groups,
      (select root.owner_id from customer known
        join customer root on root.id = coalesce(known.merged_into, known.id)
        where known.id = ${customerId}) as owner,
      (select other.last_assignee_id from session other
        where other.channel_id = ${channelId} and other.customer_id in (
            select same.id from customer same join customer known on known.id = ${customerId}
            where same.id = coalesce(known.merged_into, known.id)
              or same.merged_into = coalesce(known.merged_into, known.id))
          and other.id <> ${id} and other.last_assignee_id is not null
        order by other.last_message_at desc, other.id desc limit 1) as previous,
      (select line.in_line_since from session line
        where line.channel_id = ${channelId} and line.kind = ${kind} and ${standsInLine('line')}
          and line.id <> ${id}
        order by line.in_line_since limit 1) as "lineHead",
      (select coalesce(jsonb_object_agg(target, cursor), '{}') from rotation
        where channel_id = ${channelId} and kind = ${kind}) as cursors
    from channel c where c.id = ${channelId}`;
}

/** R3's pool in its order, then the workspace owners, who count as in every team but are given nothing (R23). */
type TeamOf = {
  /** The session that is asked for takes no place from whoever has it. */
  id: SessionId | null;
  channelId: ChannelId;
  kind: SessionKind;
  isLimited: boolean;
};

function teamOf({ id, channelId, kind, isLimited }: TeamOf) {
  const receives = kind === 'message' ? sql`m.receives_messages` : sql`m.receives_comments`;
  // Counted only where it matters: for every agent of the team one look at the sessions that they have.
  const load = isLimited
    ? sql`(select count(*) from session held where held.assignee_id = a.id and held.id is distinct from ${id}::text
        and held.status <> 'done' and held.snoozed_until is null)`
    : sql`0`;
  return sql`(
    select coalesce(jsonb_agg(jsonb_build_object(
      'agent', a.id, 'disabled', a.disabled_at is not null,
      'receives', coalesce(${receives}, false), 'online', coalesce(p.online, false),
      'away', coalesce(p.away, false),
      'load', ${load}, 'capacity', coalesce(a.capacity, w.capacity),
      'listed', m.agent_id is not null
    ) order by m.place, a.id), '[]')
    from agent a
    cross join workspace w
    left join channel_member m on m.channel_id = ${channelId} and m.agent_id = a.id
    left join presence p on p.agent_id = a.id
    where m.agent_id is not null or a.role = 'owner')`;
}

/** R9: what the customer wrote in the wait that runs; read only where a rule asks for it. */
async function textsOf(
  trx: Trx,
  { id }: Assignable,
  session: Session,
  rules: AssignmentRules,
): Promise<string[]> {
  const first = isOpen(session) ? session.wait?.unanswered[0] : undefined;
  if (rules.keywordRules.length === 0 || first === undefined) return [];
  const rows = await trx
    .selectFrom('message')
    .select('text')
    .where('session_id', '=', id)
    .where('direction', '=', 'in')
    .where('removed_at', 'is', null)
    .where('seq', '>=', first[0])
    .where('seq', '<=', session.lastSeq)
    .orderBy('seq')
    .execute();
  return rows.flatMap(({ text }) => (text === null ? [] : [text]));
}
