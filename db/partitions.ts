import { sql } from 'kysely';
import type { Db } from './database.ts';

const PARTITIONED = ['webhook_delivery', 'session_journal'];
/** This month and the two to come: an installation may stand still over a month's end. */
const MONTHS_AHEAD = 2;

/** Makes the monthly partitions that will be needed soon. Repeating it changes nothing. */
export async function ensurePartitions(db: Db, now: Date): Promise<void> {
  for (let ahead = -1; ahead <= MONTHS_AHEAD; ahead += 1) {
    const from = monthStart(now, ahead);
    const to = monthStart(now, ahead + 1);
    for (const table of PARTITIONED) {
      const name = `${table}_${from.slice(0, 4)}_${from.slice(5, 7)}`;
      await sql
        .raw(
          `create table if not exists ${name} partition of ${table} for values from ('${from}') to ('${to}')`,
        )
        .execute(db);
    }
  }
}

function monthStart(now: Date, ahead: number): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1)).toISOString();
}
