/** The Support section: who is of a channel's team, and what each receives (R2, R3). */
import { sql } from 'kysely';
import type { SupportSettings } from '#contracts/channel-settings.ts';
import { Problem } from '#contracts/errors.ts';
import type { AgentId, ChannelId, GroupId } from '#domain/ids.ts';
import { auditSection, mustKnow, raiseVersion } from './channel-settings.ts';
import type { Db, Trx } from './database.ts';
import { stirLine } from './line.ts';
import type { Person } from './people.ts';
import { departWhoLeft, teamsNow } from './teams.ts';

/** @throws Problem NOT_FOUND */
export async function readSupport(db: Db, channelId: ChannelId): Promise<SupportSettings> {
  const { rows } = await sql<SupportSettings>`
    select support_version as version,
      array(select group_id from channel_group listed
        where listed.channel_id = channel.id order by position) as groups,
      coalesce((select jsonb_agg(${receiving} order by position) from channel_agent one
        where one.channel_id = channel.id and position is not null), '[]') as users,
      coalesce((select jsonb_agg(${receiving} order by member.place) from channel_agent one
        join channel_member member using (channel_id, agent_id)
        where one.channel_id = channel.id and position is null), '[]') as switches
    from channel where id = ${channelId}
  `.execute(db);
  const [settings] = rows;
  if (settings === undefined) throw new Problem('NOT_FOUND');
  return settings;
}

const receiving = sql`jsonb_build_object(
  'agent', one.agent_id, 'messages', one.receives_messages, 'comments', one.receives_comments)`;

/**
 * Saves the section; who is no longer of the team loses their sessions (R57), and the line is examined anew.
 * @throws Problem STALE_SETTINGS, and INVALID with the field of a group or user that is not there
 */
export function saveSupport(
  db: Db,
  person: Person,
  channelId: ChannelId,
  settings: SupportSettings,
): Promise<SupportSettings> {
  const section = 'support' as const;
  return db.transaction().execute(async (trx) => {
    const team = await teamsNow(trx, [channelId]);
    const before = await readSupport(trx, channelId);
    await raiseVersion(trx, { channelId, section, loaded: settings.version });
    await mustKnowAll(trx, settings);
    await writeTeam(trx, channelId, settings);
    const after = await readSupport(trx, channelId);
    if (await auditSection(trx, { person, channelId, section }, { before, after })) {
      await departWhoLeft(trx, team);
      await stirLine(trx);
    }
    return after;
  });
}

async function mustKnowAll(trx: Trx, { groups, users, switches }: SupportSettings): Promise<void> {
  const knownGroups = new Set(await groupsAmong(trx, groups));
  for (const [index, id] of groups.entries())
    mustKnow(knownGroups.has(id), `groups.${index}`, 'There is no such group.');
  const listed = Object.entries({ users, switches });
  const all = listed.flatMap(([, some]) => some.map(({ agent }) => agent));
  const agents = await trx
    .selectFrom('agent')
    .select('id')
    .where('id', '=', sql<AgentId>`any(${all}::text[])`)
    .execute();
  const knownAgents = new Set(agents.map(({ id }) => id));
  for (const [name, some] of listed)
    for (const [index, { agent }] of some.entries())
      mustKnow(knownAgents.has(agent), `${name}.${index}.agent`, 'There is no such user.');
}

async function groupsAmong(trx: Trx, ids: readonly GroupId[]): Promise<GroupId[]> {
  const rows = await trx
    .selectFrom('team_group')
    .select('id')
    .where('id', '=', sql<GroupId>`any(${[...ids]}::text[])`)
    .execute();
  return rows.map(({ id }) => id);
}

/** Switches of who is of none of the groups (any more) are not kept: nobody would see them. */
async function writeTeam(
  trx: Trx,
  channelId: ChannelId,
  { groups, users, switches }: SupportSettings,
): Promise<void> {
  await trx.deleteFrom('channel_group').where('channel_id', '=', channelId).execute();
  await trx.deleteFrom('channel_agent').where('channel_id', '=', channelId).execute();
  await sql`
    insert into channel_group (channel_id, group_id, position)
    select ${channelId}, id, nr - 1
    from unnest(${groups}::text[]) with ordinality as listed(id, nr)
  `.execute(trx);
  await sql`
    insert into channel_agent (channel_id, agent_id, position, receives_messages, receives_comments)
    select ${channelId}, agent, position, messages, comments
    from ${records(users.map((user, position) => ({ ...user, position })))}
    union all
    select ${channelId}, agent, null, messages, comments
    from ${records(switches)}
    where exists (select from team_group_member
      where agent_id = agent and group_id = any(${groups}::text[]))
  `.execute(trx);
}

function records(rows: readonly object[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    as row(agent text, position int, messages boolean, comments boolean)`;
}
