import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { SavedClocks } from '#contracts/settings.ts';
import type { AgentId } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import { changedFields } from './changed-fields.ts';
import type { Db, Trx } from './database.ts';
import type { StoredBusinessHours } from './stored.ts';

const CLOCKS = ['autoClose', 'reassign', 'deadline'] as const;

export async function readClocks(db: Db): Promise<SavedClocks> {
  const { clocks, settings_version, business_hours } = await db
    .selectFrom('workspace')
    .select(['clocks', 'settings_version', 'business_hours'])
    .executeTakeFirstOrThrow(() => new Error('No workspace: create one first, see local/demo.ts'));
  const { autoClose, reassign, deadline } = clocks;
  return {
    version: settings_version,
    autoClose: { ...autoClose, businessHours: autoClose.businessHours ?? false },
    reassign: { ...reassign, businessHours: reassign.businessHours ?? false },
    deadline: { ...deadline, businessHours: deadline.businessHours ?? false },
    hours: business_hours,
  };
}

/**
 * Saves the clocks over the version that the admin had loaded, and puts the change on its way to the open sessions.
 * @throws Problem STALE_SETTINGS when somebody else has saved meanwhile (R17), INVALID when a clock is to follow
 * business hours that there are not
 */
export function saveClocks(db: Db, by: AgentId, settings: SavedClocks): Promise<SavedClocks> {
  return db.transaction().execute(async (trx) => {
    await lockWorkspace(trx);
    const before = await readClocks(trx);
    if (before.version !== settings.version)
      throw new Problem('STALE_SETTINGS', { field: 'version' });
    const { autoClose, reassign, deadline, hours = before.hours ?? null } = settings;
    const clocks = { autoClose, reassign, deadline };
    mustHaveHours(clocks, hours);
    await trx
      .updateTable('workspace')
      .set({
        clocks: JSON.stringify(clocks),
        business_hours: hours === null ? null : JSON.stringify(hours),
      })
      .execute();
    await retimeSessions(trx);
    const after = await readClocks(trx);
    const changed = changedFields(before, { ...after, version: before.version });
    const subject = { type: 'workspace', id: null };
    if (changed !== null)
      await recordAudit(trx, { agent: by, action: 'clocks.changed', subject, ...changed });
    return after;
  });
}

/** @throws Problem INVALID */
export function mustHaveHours(
  clocks: Pick<SavedClocks, (typeof CLOCKS)[number]>,
  hours: StoredBusinessHours | null,
): void {
  if (hours !== null && hours.days.flat().length > 0) return;
  const following = CLOCKS.find((clock) => clocks[clock].businessHours);
  if (following !== undefined)
    throw new Problem('INVALID', {
      field: `${following}.businessHours`,
      message: 'Say first when the business is open.',
    });
}

/** Of two saves of the workspace's settings the second sees what the first has saved. */
export async function lockWorkspace(trx: Trx): Promise<void> {
  // Not more: sessions read the clocks meanwhile.
  await sql`select from workspace for no key update`.execute(trx);
}

/** Gives the settings a new version, which every running session hears of and re-times its clocks by (R17). */
export async function retimeSessions(trx: Trx): Promise<void> {
  await sql`
    with raised as (update workspace set settings_version = settings_version + 1 returning settings_version)
    insert into settings_fanout (version) select settings_version from raised
  `.execute(trx);
}

/** The workspace as every signed-in agent may know it. */
export async function readWorkspace(db: Db): Promise<{ name: string; timeZone: string }> {
  const row = await db
    .selectFrom('workspace')
    .select(['name', 'time_zone'])
    .executeTakeFirstOrThrow(() => new Error('No workspace: create one first, see local/demo.ts'));
  return { name: row.name, timeZone: row.time_zone };
}
