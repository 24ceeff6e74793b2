import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { ClockSettings } from '#contracts/settings.ts';
import type { Db } from './database.ts';

export async function readClocks(db: Db): Promise<ClockSettings> {
  const row = await db
    .selectFrom('workspace')
    .select(['clocks', 'settings_version'])
    .executeTakeFirstOrThrow(() => new Error('No workspace: create one first, see local/demo.ts'));
  return { version: row.settings_version, ...row.clocks };
}

/**
 * Saves the clocks over the version that the admin had loaded, and puts the change on its way to the open sessions.
 * @throws Problem STALE_SETTINGS when somebody else has saved meanwhile (R17)
 */
export function saveClocks(db: Db, settings: ClockSettings): Promise<ClockSettings> {
  const { version: loaded, ...clocks } = settings;
  return db.transaction().execute(async (trx) => {
    const saved = await trx
      .updateTable('workspace')
      .set({ clocks: JSON.stringify(clocks), settings_version: sql`settings_version + 1` })
      .where('settings_version', '=', loaded)
      .returning(['clocks', 'settings_version'])
      .executeTakeFirst();
    if (saved === undefined) throw new Problem('STALE_SETTINGS', { field: 'version' });
    const version = saved.settings_version;
    await trx.insertInto('settings_fanout').values({ version }).execute();
    return { version, ...saved.clocks };
  });
}

/** The workspace as every signed-in agent may know it. */
export async function readWorkspace(db: Db): Promise<{ name: string; timeZone: string }> {
  const row = await db
    .selectFrom('workspace')
    .select(['name', 'time_zone'])
    .executeTakeFirstOrThrow(() => new Error('No workspace: create one first, see local/demo.ts'));
  return { name: row.name, timeZone: row.time_zone };
}
