/** Who is at work (R58): beats of connected browsers, the word "away", and who has been gone for longer than the grace time. */
import { sql } from 'kysely';
import type { AgentId } from '#domain/ids.ts';
import { SECOND } from '#domain/instant.ts';
import { canJudge, isGone, STANDSTILL_PER_GRACE } from '#domain/presence.ts';
import { recordDepartures } from './departures.ts';
import type { Db, Trx } from './database.ts';
import { stirLine } from './line.ts';

export type Presence = { online: boolean; away: boolean };

/** An agent who has never been here is neither online nor away. */
export async function readPresence(db: Db, agent: AgentId): Promise<Presence> {
  const row = await db
    .selectFrom('presence')
    .select(['online', 'away'])
    .where('agent_id', '=', agent)
    .executeTakeFirst();
  return row ?? { online: false, away: false };
}

/** Says that a browser of these was heard of by this API process now. @returns who came online by it */
export function beat(db: Db, process: string, agents: readonly AgentId[]): Promise<AgentId[]> {
  const sorted = [...new Set(agents)].sort();
  return db.transaction().execute(async (trx) => {
    const before = await trx
      .selectFrom('presence')
      .select('agent_id')
      .where(sql<boolean>`agent_id = any(${sorted}::text[])`)
      .where('online', '=', true)
      .orderBy('agent_id')
      .forNoKeyUpdate()
      .execute();
    const { rows } = await sql<{ agent: AgentId; online: boolean }>`
      insert into presence (agent_id, seen_at, seen_by, online)
      select id, clock_timestamp(), ${process}, true from agent
      where id = any(${sorted}::text[]) and disabled_at is null
      order by id
      on conflict (agent_id) do update
        set seen_at = excluded.seen_at, seen_by = excluded.seen_by, online = not presence.away
      returning agent_id as agent, online
    `.execute(trx);
    const were = new Set(before.map((row) => row.agent_id));
    const came = rows
      .filter(({ agent, online }) => online && !were.has(agent))
      .map((row) => row.agent);
    await remember(trx, came);
    if (came.length > 0) await stirLine(trx);
    return came;
  });
}

/** Whose connection has just ended: their grace time begins now. Who is offline stays so. */
export async function linger(db: Db, process: string, agents: readonly AgentId[]): Promise<void> {
  await sql`
    update presence set seen_at = clock_timestamp(), seen_by = ${process} from (
      select agent_id from presence where agent_id = any(${[...agents]}::text[]) and online
      order by agent_id for no key update
    ) here where presence.agent_id = here.agent_id
  `.execute(db);
}

/** Away on purpose: nothing new until they are back. Whoever has a browser connected is back with the word itself. */
export function setAway(db: Db, agent: AgentId, away: boolean): Promise<Presence> {
  return db.transaction().execute(async (trx) => {
    const before = await lockPresence(trx, agent);
    await sql`
      update presence set away = ${away}, online = not ${away}
        and coalesce(seen_at > clock_timestamp()
          - (select presence_grace_seconds from workspace) * interval '1 second', false)
      where agent_id = ${agent}
    `.execute(trx);
    const after = await readPresence(trx, agent);
    if (before.online !== after.online || before.away !== after.away) await remember(trx, [agent]);
    // Also offline they are given something where all agents count.
    const isBack = (after.online && !before.online) || (before.away && !after.away);
    if (isBack) await stirLine(trx);
    if (before.online && !after.online) await handBack(trx, [agent]);
    return after;
  });
}

/** Away, and everything that is not snoozed goes back to be given to others. */
export function endShift(db: Db, agent: AgentId): Promise<Presence> {
  return db.transaction().execute(async (trx) => {
    await lockPresence(trx, agent);
    await sql`update presence set away = true, online = false where agent_id = ${agent}`.execute(
      trx,
    );
    await remember(trx, [agent]);
    await recordDepartures(trx, [{ agent, channel: null, cause: 'shift ended' }]);
    await stirLine(trx);
    return { online: false, away: true };
  });
}

/** Who may not sign in any more is not there (R57). */
export async function leave(trx: Trx, agent: AgentId): Promise<void> {
  const before = await lockPresence(trx, agent);
  if (!before.online) return;
  await trx.updateTable('presence').set({ online: false }).where('agent_id', '=', agent).execute();
  await remember(trx, [agent]);
}

async function lockPresence(trx: Trx, agent: AgentId): Promise<Presence> {
  await sql`insert into presence (agent_id) values (${agent}) on conflict do nothing`.execute(trx);
  await sql`select from presence where agent_id = ${agent} for no key update`.execute(trx);
  return readPresence(trx, agent);
}

/** Says that this API process is up, and since when without a gap. @returns the grace time, in ms */
export async function beatProcess(db: Db, id: string): Promise<number> {
  const { rows } = await sql<{ grace: number }>`
    insert into api_process (id) values (${id})
    on conflict (id) do update set seen_at = clock_timestamp(),
      started_at = case when api_process.seen_at < clock_timestamp() - ${STANDSTILL_PER_GRACE}::float8
          * (select presence_grace_seconds from workspace) * interval '1 second'
        then clock_timestamp() else api_process.started_at end
    returning (select presence_grace_seconds from workspace) as grace
  `.execute(db);
  return (rows[0]?.grace ?? Infinity) * SECOND;
}

/** An orderly end: who was connected here has the grace time to come to another process. */
export async function endProcess(db: Db, id: string): Promise<void> {
  await sql`delete from api_process where id = ${id} or seen_at < now() - interval '1 day'`.execute(
    db,
  );
}

/** Finds who has been gone for longer than the grace time. @returns who went offline */
export async function findGone(db: Db): Promise<AgentId[]> {
  const { now, graceMs, processes } = await readProcesses(db);
  // All is judged as of one moment: this process too may stand still, from here on.
  const moment = { graceMs, now };
  if (!canJudge([...processes.values()], moment)) return [];
  return db.transaction().execute(async (trx) => {
    const silent = await trx
      .selectFrom('presence')
      .select(['agent_id', 'seen_at', 'seen_by'])
      .where('online', '=', true)
      .where('seen_at', '<', new Date(now - graceMs))
      .orderBy('agent_id')
      .forNoKeyUpdate()
      .execute();
    const gone = silent
      .filter(({ seen_at: at, seen_by: by }) =>
        isGone({ seenAt: Number(at), via: processes.get(by ?? '') ?? null }, moment),
      )
      .map(({ agent_id: agent }) => agent);
    if (gone.length === 0) return [];
    await trx
      .updateTable('presence')
      .set({ online: false })
      .where(sql<boolean>`agent_id = any(${gone}::text[])`)
      .execute();
    await remember(trx, gone);
    await handBack(trx, gone);
    return gone;
  });
}

async function readProcesses(db: Db) {
  const rows = await db
    .selectFrom('workspace')
    .leftJoin('api_process', (join) => join.onTrue())
    .select([
      'api_process.id',
      'started_at',
      'seen_at',
      'presence_grace_seconds',
      sql<Date>`clock_timestamp()`.as('now'),
    ])
    .execute();
  const processes = new Map(
    rows.flatMap(({ id, started_at, seen_at }) =>
      id === null ? [] : [[id, { upSince: Number(started_at), seenAt: Number(seen_at) }] as const],
    ),
  );
  const graceMs = (rows[0]?.presence_grace_seconds ?? Infinity) * SECOND;
  return { now: Number(rows[0]?.now), graceMs, processes };
}

/** Presence is kept, so that a dry run knows who was there (R64). */
async function remember(trx: Trx, agents: readonly AgentId[]): Promise<void> {
  if (agents.length === 0) return;
  await sql`
    insert into presence_event (agent_id, at, online, away)
    select agent_id, clock_timestamp(), online, away from presence where agent_id = any(${agents}::text[])
    on conflict do nothing
  `.execute(trx);
}

/** Deletes what is older, but for the newest of it: how somebody stood when all that is kept began. */
export async function forgetPresence(db: Db, days: number): Promise<void> {
  await sql`
    delete from presence_event old
    where old.at < now() - ${days} * interval '1 day'
      and exists (select from presence_event later
        where later.agent_id = old.agent_id and later.at > old.at
          and later.at < now() - ${days} * interval '1 day')
  `.execute(db);
}

/** R58: with the setting on, what waits for somebody who is gone returns to the line. */
async function handBack(trx: Trx, agents: readonly AgentId[]): Promise<void> {
  if (agents.length === 0) return;
  const workspace = await trx
    .selectFrom('workspace')
    .select('hand_back_offline')
    .executeTakeFirst();
  if (workspace?.hand_back_offline !== true) return;
  await recordDepartures(
    trx,
    agents.map((agent) => ({ agent, channel: null, cause: 'offline' })),
  );
}
