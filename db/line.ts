import { sql } from 'kysely';
import type { Db } from './database.ts';

/**
 * Says that a place may have become free, or that somebody joined the waiting line: it is examined as soon as this
 * transaction is committed (R48). Cheap, and waits for nobody.
 */
export async function stirLine(trx: Db): Promise<void> {
  await sql`insert into line_stir default values`.execute(trx);
}
