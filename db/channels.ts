import { sql } from 'kysely';
import type { ChannelView } from '#contracts/agent.ts';
import type { ChannelId } from '#domain/ids.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { accessToOthers, visibleChannels } from './visibility.ts';

type Found = Omit<ChannelView, 'others'> & { id: ChannelId };

/** The channels that a person sees anything of, with their teams in order. */
export async function listChannels(db: Db, person: Person): Promise<ChannelView[]> {
  const { rows } = await sql<Found>`
    select channel.id, channel.platform, channel.name, channel.comment_reply as "commentReply",
      coalesce(team.list, '[]') as team
    from channel left join lateral (
      select jsonb_agg(jsonb_build_object('id', agent.id, 'name', agent.name) order by member.place) as list
      from channel_member member
      join agent on agent.id = member.agent_id and agent.disabled_at is null
      where member.channel_id = channel.id
    ) team on true
    where channel.id = any(${visibleChannels(person)}::text[])
    order by channel.created_at, channel.id
    limit 500
  `.execute(db);
  return rows.map((row) => ({ ...row, others: othersOn(person, row.id) }));
}

function othersOn(person: Person, channel: ChannelId) {
  const rights = person.channels.find((one) => one.channel === channel);
  return rights === undefined ? 'none' : accessToOthers(person, rights);
}
