/** The Interaction section: how comments are answered, and what the rules answer by themselves (R15, R16, R66). */
import type { InteractionSettings } from '#contracts/channel-settings.ts';
import { Problem } from '#contracts/errors.ts';
import type { ChannelId } from '#domain/ids.ts';
import { auditSection, raiseVersion } from './channel-settings.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';

/** @throws Problem NOT_FOUND */
export async function readInteraction(db: Db, channelId: ChannelId): Promise<InteractionSettings> {
  const settings = await db
    .selectFrom('channel')
    .select([
      'interaction_version as version',
      'comment_reply as commentReply',
      'comment_automation as automation',
      'chat_automation as chat',
    ])
    .where('id', '=', channelId)
    .executeTakeFirst();
  if (settings === undefined) throw new Problem('NOT_FOUND');
  return settings;
}

/** Saves the section: it counts for what comes from now on. @throws Problem STALE_SETTINGS */
export function saveInteraction(
  db: Db,
  person: Person,
  channelId: ChannelId,
  settings: InteractionSettings,
): Promise<InteractionSettings> {
  const section = 'interaction' as const;
  return db.transaction().execute(async (trx) => {
    await raiseVersion(trx, { channelId, section, loaded: settings.version });
    const before = await readInteraction(trx, channelId);
    await trx
      .updateTable('channel')
      .set({
        comment_reply: settings.commentReply,
        comment_automation: JSON.stringify(settings.automation),
        chat_automation: JSON.stringify(settings.chat),
      })
      .where('id', '=', channelId)
      .execute();
    const after = await readInteraction(trx, channelId);
    await auditSection(trx, { person, channelId, section }, { before, after });
    return after;
  });
}
