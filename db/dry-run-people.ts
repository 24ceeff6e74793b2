/** Who was there, and who had what elsewhere, while a period ran that is replayed (R64). */
import { sql } from 'kysely';
import type { Colleague } from '#domain/dry-run/team.ts';
import type { Timeline } from '#domain/dry-run/timeline.ts';
import type { AgentId, ChannelId, GroupId } from '#domain/ids.ts';
import type { Db } from './database.ts';

type Of = { channel: ChannelId; from: Date; agents: AgentId[] };
/** Rows read at once. */
const PORTION = 5_000;

/** Everybody of the workspace, as distribution sees them by now. */
export async function readColleagues(db: Db): Promise<Colleague[]> {
  const { rows } = await sql<Colleague>`
    select a.id as agent, a.disabled_at is not null as disabled, coalesce(a.capacity, w.capacity) as capacity,
      a.role = 'owner' as "isOwner"
    from agent a cross join workspace w order by a.id
  `.execute(db);
  return rows;
}

/** The members of every group, in their order. */
export async function readGroups(db: Db): Promise<Record<GroupId, AgentId[]>> {
  const { rows } = await sql<{ groups: Record<GroupId, AgentId[]> }>`
    select coalesce(jsonb_object_agg(g.id, g.members), '{}') as groups from (
      select g.id, coalesce((select jsonb_agg(m.agent_id order by m.position)
        from team_group_member m where m.group_id = g.id), '[]') as members
      from team_group g) g
  `.execute(db);
  return rows[0]?.groups ?? {};
}

/** Adds who was there when the period began, and who came and went in it. */
export async function addPresence(
  db: Db,
  happenings: Timeline,
  { from, agents }: Of,
): Promise<void> {
  const { rows: before } = await sql<{ agent: AgentId; online: boolean; away: boolean }>`
    select wanted.agent, coalesce(before.online, not first.online, p.online, false) as online,
      coalesce(before.away, first.away and first.online, p.away, false) as away
    from unnest(${agents}::text[]) as wanted(agent)
    left join presence p on p.agent_id = wanted.agent
    left join lateral (select online, away from presence_event e
      where e.agent_id = wanted.agent and e.at < ${from} order by e.at desc limit 1) before on true
    left join lateral (select online, away from presence_event e
      where e.agent_id = wanted.agent and e.at >= ${from} order by e.at limit 1) first on true
  `.execute(db);
  for (const { agent, online, away } of before)
    happenings.add({ type: 'presence', at: 0, agent, online, away });
  let after: { place: string; agent: AgentId } | null = null;
  do {
    const flips: Flip[] = await readFlips(db, { from, agents, after });
    for (const { agent, at, online, away } of flips)
      happenings.add({ type: 'presence', at: at.getTime(), agent, online, away });
    after = flips.length < PORTION ? null : (flips.at(-1) ?? null);
  } while (after !== null);
}

type Flip = { agent: AgentId; at: Date; online: boolean; away: boolean; place: string };

async function readFlips(
  db: Db,
  page: { from: Date; agents: AgentId[]; after: { place: string; agent: AgentId } | null },
): Promise<Flip[]> {
  const { from, agents, after } = page;
  const { rows } = await sql<Flip>`
    select agent_id as agent, at, online, away, at::text as place from presence_event
    where at >= ${from} and agent_id = any(${agents}::text[])
      ${after === null ? sql`` : sql`and (at, agent_id) > (${after.place}::timestamptz, ${after.agent})`}
    order by at, agent_id limit ${PORTION}
  `.execute(db);
  return rows;
}

type Held = { session: string; no: number; agent: AgentId; since: Date; until: Date | null };

/**
 * Adds what people had on other channels meanwhile. Of a round only is kept who had it last: they count as if they had
 * had it from its first assignment on.
 */
export async function addElsewhere(
  db: Db,
  happenings: Timeline,
  { channel, from, agents }: Of,
): Promise<void> {
  for (const other of await otherChannels(db, channel)) {
    let after: Held | null = null;
    do {
      const held: Held[] = await heldOn(db, { channel: other, from, agents, after });
      for (const { agent, since, until } of held) {
        happenings.add({ type: 'elsewhere', at: since.getTime(), agent, by: 1 });
        if (until !== null)
          happenings.add({ type: 'elsewhere', at: until.getTime(), agent, by: -1 });
      }
      after = held.length < PORTION ? null : (held.at(-1) ?? null);
    } while (after !== null);
  }
}

async function otherChannels(db: Db, channel: ChannelId): Promise<ChannelId[]> {
  const rows = await db.selectFrom('channel').select('id').where('id', '<>', channel).execute();
  return rows.map(({ id }) => id);
}

async function heldOn(
  db: Db,
  { channel, from, agents, after }: Of & { after: Held | null },
): Promise<Held[]> {
  const { rows } = await sql<Held>`
    with ran as (
      select session_id, no, assignee_id, first_assigned_at, done_at from round
      where channel_id = ${channel} and done_at >= ${from}
      union all
      select r.session_id, r.no, s.assignee_id, r.first_assigned_at, null from session s
      join round r on r.session_id = s.id and r.no = s.round
      where s.channel_id = ${channel} and s.status <> 'done' and s.snoozed_until is null
    )
    select session_id as session, no, assignee_id as agent, first_assigned_at as since, done_at as until from ran
    where assignee_id = any(${agents}::text[]) and first_assigned_at is not null
      ${after === null ? sql`` : sql`and (session_id, no) > (${after.session}, ${after.no}::int)`}
    order by session_id, no limit ${PORTION}
  `.execute(db);
  return rows;
}
