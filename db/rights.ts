import { sql } from 'kysely';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import type { TeamPermission, Viewer } from '#domain/permission.ts';
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
