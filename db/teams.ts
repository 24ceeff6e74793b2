import { sql } from 'kysely';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import type { Trx } from './database.ts';
import { recordDepartures } from './departures.ts';

/** Who is of which team: listed, of a listed group, or the workspace owner (R23); without disabled people. */
export type Teams = Map<ChannelId, Set<AgentId>>;
export type Left = { agent: AgentId; channel: ChannelId };

/**
 * Makes changes of teams, roles and people follow one another until the end of the transaction: of two that each take
 * one of somebody's two places in a team, the second must see what the first did. To be taken before any other lock.
 */
export async function lockTeams(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('everthread teams'))`.execute(trx);
}

/** The teams before a change, which is kept from running beside others: ask before anything else is locked. */
export async function teamsNow(trx: Trx, channels: readonly ChannelId[] | 'all'): Promise<Teams> {
  await lockTeams(trx);
  return readTeams(trx, channels);
}

/**
 * After a change: whoever is no longer of a team that they were of loses their sessions there (R57).
 * @param before what `teamsNow` said in the same transaction
 */
export async function departWhoLeft(trx: Trx, before: Teams): Promise<Left[]> {
  const after = await readTeams(trx, [...before.keys()]);
  const left = [...before].flatMap(([channel, team]) =>
    [...team]
      .filter((agent) => after.get(channel)?.has(agent) !== true)
      .map((agent) => ({ agent, channel })),
  );
  await recordDepartures(
    trx,
    left.map((one) => ({ ...one, cause: 'left' as const })),
  );
  return left;
}

async function readTeams(trx: Trx, channels: readonly ChannelId[] | 'all'): Promise<Teams> {
  const asked = channels === 'all' ? sql`true` : sql`channel.id = any(${[...channels]}::text[])`;
  const { rows } = await sql<{ channel: ChannelId; team: AgentId[] }>`
    select channel.id as channel, array(
      select agent.id from agent
      where agent.disabled_at is null and (agent.role = 'owner' or agent.id in (
        select member.agent_id from channel_member member where member.channel_id = channel.id))
    ) as team
    from channel where ${asked}
  `.execute(trx);
  return new Map(rows.map(({ channel, team }) => [channel, new Set(team)]));
}
