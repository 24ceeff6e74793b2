/** The Assignment section: who gets a session, and what the team may do with each other's (R4–R14). */
import { sql } from 'kysely';
import type { AssignmentSettings } from '#contracts/channel-settings.ts';
import { Problem } from '#contracts/errors.ts';
import type { ChannelId } from '#domain/ids.ts';
import { auditSection, mustKnow, raiseVersion } from './channel-settings.ts';
import type { Db, Trx } from './database.ts';
import { stirLine } from './line.ts';
import type { Person } from './people.ts';

/** @throws Problem NOT_FOUND */
export async function readAssignment(db: Db, channelId: ChannelId): Promise<AssignmentSettings> {
  const settings = await db
    .selectFrom('channel')
    .select([
      'assignment_version as version',
      'sticky',
      'distribution',
      'owner_priority as ownerPriority',
      'mode',
      'apply_to as applyTo',
      'keyword_rules as keywordRules',
      'transfer_owner as transferOwner',
      'view_each_other as view',
      'interact_each_other as interact',
      'lead_tag_id as leadTag',
      'lead_source as leadSource',
    ])
    .where('id', '=', channelId)
    .executeTakeFirst();
  if (settings === undefined) throw new Problem('NOT_FOUND');
  return settings;
}

/**
 * Saves the section. It moves no assigned session; what waits is examined anew (R17), what came while distribution was
 * off included (R5).
 * @throws Problem STALE_SETTINGS, and INVALID with the field of a tag or target that is not there
 */
export async function saveAssignment(
  db: Db,
  person: Person,
  channelId: ChannelId,
  settings: AssignmentSettings,
): Promise<AssignmentSettings> {
  const section = 'assignment' as const;
  return db.transaction().execute(async (trx) => {
    await raiseVersion(trx, { channelId, section, loaded: settings.version });
    const before = await readAssignment(trx, channelId);
    await mustKnowAll(trx, channelId, { settings, before });
    await write(trx, channelId, settings);
    const after = await readAssignment(trx, channelId);
    if (await auditSection(trx, { person, channelId, section }, { before, after }))
      await stirLine(trx);
    return after;
  });
}

/** A rule whose target has gone since it was saved may stay: nobody qualifies, and the next rule is asked (R9). */
async function mustKnowAll(
  trx: Trx,
  channelId: ChannelId,
  { settings, before }: { settings: AssignmentSettings; before: AssignmentSettings },
): Promise<void> {
  const { keywordRules, leadTag } = settings;
  const { rows } = await sql<{ id: string }>`
    select 'group/' || group_id as id from channel_group where channel_id = ${channelId}
    union all
    select 'agent/' || agent_id from channel_member where channel_id = ${channelId}
    union all
    select 'tag/' || id from tag where id = ${leadTag}
  `.execute(trx);
  const known = new Set(rows.map(({ id }) => id));
  for (const { target } of before.keywordRules) known.add(`${target.type}/${target.id}`);
  for (const [index, { target }] of keywordRules.entries())
    mustKnow(
      known.has(`${target.type}/${target.id}`),
      `keywordRules.${index}.target.id`,
      target.type === 'group'
        ? 'This group is not listed in the Support section.'
        : 'This user is not of the team of the channel.',
    );
  mustKnow(leadTag === null || known.has(`tag/${leadTag}`), 'leadTag', 'There is no such tag.');
}

async function write(trx: Trx, channelId: ChannelId, settings: AssignmentSettings): Promise<void> {
  await trx
    .updateTable('channel')
    .set({
      sticky: settings.sticky,
      distribution: settings.distribution,
      owner_priority: settings.ownerPriority,
      mode: settings.mode,
      apply_to: settings.applyTo,
      keyword_rules: JSON.stringify(settings.keywordRules),
      transfer_owner: settings.transferOwner,
      view_each_other: settings.view,
      interact_each_other: settings.interact,
      lead_tag_id: settings.leadTag,
      lead_source: settings.leadSource,
    })
    .where('id', '=', channelId)
    .execute();
}
