import { Problem } from '#contracts/errors.ts';
import type { WorkspaceSettings } from '#contracts/workspace-settings.ts';
import type { AgentId } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import { changedFields } from './changed-fields.ts';
import type { Db } from './database.ts';
import { stirLine } from './line.ts';
import { lockWorkspace, retimeSessions } from './settings.ts';

export function readWorkspaceSettings(db: Db): Promise<WorkspaceSettings> {
  return db
    .selectFrom('workspace')
    .select([
      'people_version as version',
      'name',
      'time_zone as timeZone',
      'capacity',
      'presence_grace_seconds as presenceGraceSeconds',
      'hand_back_offline as handBackOffline',
    ])
    .executeTakeFirstOrThrow(() => new Error('No workspace: create one first, see local/demo.ts'));
}

/**
 * Saves what counts for everybody. Another time zone moves the business hours that running sessions carry; another
 * capacity may have made a place free. @throws Problem STALE_SETTINGS
 */
export function saveWorkspaceSettings(
  db: Db,
  by: AgentId,
  settings: WorkspaceSettings,
): Promise<WorkspaceSettings> {
  return db.transaction().execute(async (trx) => {
    await lockWorkspace(trx);
    const before = await readWorkspaceSettings(trx);
    if (before.version !== settings.version)
      throw new Problem('STALE_SETTINGS', { field: 'version' });
    const after = { ...settings, version: settings.version + 1 };
    await trx
      .updateTable('workspace')
      .set({
        people_version: after.version,
        name: after.name,
        time_zone: after.timeZone,
        capacity: after.capacity,
        presence_grace_seconds: after.presenceGraceSeconds,
        hand_back_offline: after.handBackOffline,
      })
      .execute();
    const changed = changedFields(before, { ...after, version: before.version });
    if (changed === null) return after;
    if (after.timeZone !== before.timeZone) await retimeSessions(trx);
    await stirLine(trx);
    const subject = { type: 'workspace', id: null };
    await recordAudit(trx, { agent: by, action: 'workspace.changed', subject, ...changed });
    return after;
  });
}
