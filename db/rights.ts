import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import { isOfTeam, type TeamPermission, type Viewer } from '#domain/permission.ts';
import type { Db } from './database.ts';

export type RightsOnChannel = { permission: TeamPermission; viewers: Map<AgentId, Viewer> };

/** What the permission rule needs to know of some agents on one channel. */
export async function rightsOnChannel(
  db: Db,
  channelId: ChannelId,
  agents: readonly AgentId[],
): Promise<RightsOnChannel> {
  const rows = await db
    .selectFrom('agent')
    .innerJoin('channel', (join) => join.on('channel.id', '=', channelId))
    .leftJoin('channel_member as member', (join) =>
      join.onRef('member.agent_id', '=', 'agent.id').onRef('member.channel_id', '=', 'channel.id'),
    )
    .select([
      'agent.id',
      'agent.role',
      'agent.disabled_at',
      'member.agent_id as member_id',
      'channel.view_each_other',
      'channel.interact_each_other',
    ])
    .where('agent.id', '=', sql<AgentId>`any(${[...agents]})`)
    .execute();
  const [first] = rows;
  return {
    permission: {
      view: first?.view_each_other ?? false,
      interact: first?.interact_each_other ?? false,
    },
    viewers: new Map(
      rows.map((row) => [
        row.id,
        {
          agent: row.id,
          role: row.role,
          disabled: row.disabled_at !== null,
          inTeam: row.member_id !== null || row.role === 'owner',
        },
      ]),
    ),
  };
}

/**
 * Assignees, supporters and mentioned people are of the channel's team (R56).
 * @param fieldOf how the request calls the agent at this place
 * @throws Problem NOT_IN_TEAM with the field of the first who is not
 */
export async function mustBeOfTeam(
  db: Db,
  channel: ChannelId,
  agents: readonly AgentId[],
  fieldOf: (place: number) => string,
): Promise<void> {
  if (agents.length === 0) return;
  const { viewers } = await rightsOnChannel(db, channel, agents);
  const stranger = agents.findIndex((agent) => {
    const viewer = viewers.get(agent);
    return viewer === undefined || !isOfTeam(viewer);
  });
  if (stranger !== -1) throw new Problem('NOT_IN_TEAM', { field: fieldOf(stranger) });
}
