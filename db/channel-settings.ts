/** What the sections of a channel's settings have in common: who may change them, and one save after the other. */
import { sql } from 'kysely';
import type { SettingsChannels } from '#contracts/channel-settings.ts';
import { Problem } from '#contracts/errors.ts';
import type { ChannelId } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import { changedFields } from './changed-fields.ts';
import type { Db, Trx } from './database.ts';
import type { Person } from './people.ts';
import type { Database } from './schema.ts';

export type Section = 'support' | 'assignment' | 'interaction';
export type Platform = Database['channel']['platform'];

/** The channels whose settings an admin may change: those of whose team they are; the owner's are all (R1, R23). */
export async function listSettingsChannels(db: Db, person: Person): Promise<SettingsChannels> {
  const { rows } = await sql<SettingsChannels['channels'][number]>`
    select channel.id, channel.platform, channel.name, channel.distribution,
      (select count(*) from channel_member member where member.channel_id = channel.id) as team
    from channel where channel.id = any(${manageable(person)}::text[])
    order by channel.created_at, channel.id
    limit 500
  `.execute(db);
  return { channels: rows };
}

function manageable(person: Person): ChannelId[] {
  if (person.role === 'staff') return [];
  return person.channels.filter(({ inTeam }) => inTeam).map(({ channel }) => channel);
}

/** Makes sure that somebody may change a channel's settings. @throws Problem ADMINS_ONLY, NOT_FOUND */
export async function mustManage(
  db: Db,
  person: Person,
  channelId: ChannelId,
): Promise<{ platform: Platform }> {
  if (person.role === 'staff') throw new Problem('ADMINS_ONLY');
  const channel = manageable(person).includes(channelId)
    ? await db
        .selectFrom('channel')
        .select('platform')
        .where('id', '=', channelId)
        .executeTakeFirst()
    : undefined;
  if (channel === undefined) throw new Problem('NOT_FOUND');
  return channel;
}

/**
 * Begins the save of a section: until the transaction ends nobody else saves it.
 * @throws Problem STALE_SETTINGS when somebody has saved since it was loaded (R17)
 */
export async function raiseVersion(
  trx: Trx,
  { channelId, section, loaded }: { channelId: ChannelId; section: Section; loaded: number },
): Promise<void> {
  const column = `${section}_version` as const;
  const { numUpdatedRows } = await trx
    .updateTable('channel')
    .set({ [column]: loaded + 1 })
    .where('id', '=', channelId)
    .where(column, '=', loaded)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Problem('STALE_SETTINGS', { field: 'version' });
}

/** Writes down what a save has changed. @returns whether it changed anything */
export async function auditSection<Settings extends { version: number }>(
  trx: Trx,
  saved: { person: Person; channelId: ChannelId; section: Section },
  { before, after }: { before: Settings; after: Settings },
): Promise<boolean> {
  const changed = changedFields(before, { ...after, version: before.version });
  if (changed === null) return false;
  await recordAudit(trx, {
    agent: saved.person.agent,
    action: `channel.${saved.section}.changed`,
    subject: { type: 'channel', id: saved.channelId },
    ...changed,
  });
  return true;
}

/** @throws Problem INVALID that names the field, when something that it refers to is not there (any more) */
export function mustKnow(isKnown: boolean, field: string, message: string): void {
  if (!isKnown) throw new Problem('INVALID', { field, message });
}
