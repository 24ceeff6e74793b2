import { sql } from 'kysely';
import type { Db, Trx } from './database.ts';

/**
 * How long a silent intake keeps the others waiting, in seconds. As short as that, because clocks wait for deliveries
 * that nobody has read; safe, because an intake at work holds the row's lock, and one that was paused checks its token.
 */
const LEASE_SECONDS = 2;

/** Takes or keeps the lease. @returns false while another intake holds it */
export async function holdIntakeLease(db: Db, token: string): Promise<boolean> {
  const { rows } = await sql`
    update intake_lease set token = ${token}, expires_at = clock_timestamp() + ${LEASE_SECONDS} * interval '1 second'
    where token = ${token} or expires_at < clock_timestamp()
    returning id
  `.execute(db);
  return rows.length > 0;
}

export async function releaseIntakeLease(db: Db, token: string): Promise<void> {
  await sql`update intake_lease set expires_at = '-infinity' where token = ${token}`.execute(db);
}

/**
 * Locks the lease for this transaction. An intake that was paused finds that it has a successor, and throws; one that
 * is paused in the middle of the transaction is hung up on, so that the successor need not wait for it.
 */
export async function checkIntakeLease(trx: Trx, token: string): Promise<void> {
  const { rows } = await sql`
    select set_config('idle_in_transaction_session_timeout', ${`${LEASE_SECONDS}s`}, true)
    from intake_lease where token = ${token} for update
  `.execute(trx);
  if (rows.length === 0) throw new Error('Another intake has taken over');
}
