/** A change of the settings reaches the running sessions through their journals, some at a time (R17). */
import { sql } from 'kysely';
import type { SessionId } from '#domain/ids.ts';
import type { Db, Trx } from './database.ts';
import { tellSessions } from './journal.ts';

/** Sessions per transaction: their queues are locked meanwhile. */
const CHUNK = 200;

/**
 * Asks the runs of all open sessions to be carried over into new ones (upgrades), each at its next quiet moment.
 * @returns how many were asked
 */
export async function askToMigrate(db: Db): Promise<number> {
  let asked = 0;
  for (let after = ''; ;) {
    const from = after;
    const ids = await db.transaction().execute(async (trx) => {
      const open = await openAfter(trx, from);
      await tellSessions(trx, open, { kind: 'migrate' });
      return open;
    });
    asked += ids.length;
    const last = ids.at(-1);
    if (ids.length < CHUNK || last === undefined) return asked;
    after = last;
  }
}

/** Tells the next chunk of sessions of the newest change that is not told everywhere. @returns false when all is told */
export function fanOutSettings(db: Db): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const pending = await trx
      .selectFrom('settings_fanout')
      .select(['version', 'after_session_id'])
      .where('done_at', 'is', null)
      .orderBy('version')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (pending === undefined) return false;
    const ids = await openAfter(trx, pending.after_session_id);
    await tellSessions(trx, ids, { kind: 'settings_changed', version: pending.version });
    const last = ids.at(-1);
    await trx
      .updateTable('settings_fanout')
      .set(
        ids.length < CHUNK || last === undefined
          ? { done_at: new Date() }
          : { after_session_id: last },
      )
      .where('version', '=', pending.version)
      .execute();
    return true;
  });
}

/** The open sessions behind an id, a chunk of them. */
async function openAfter(trx: Trx, after: string): Promise<SessionId[]> {
  const rows = await trx
    .selectFrom('session')
    .select('id')
    .where('status', '<>', sql.lit('done' as const))
    .where('id', '>', after as SessionId)
    .orderBy('id')
    .limit(CHUNK)
    .execute();
  return rows.map((row) => row.id);
}
