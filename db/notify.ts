import { sql } from 'kysely';
import type { Db } from './database.ts';

/** What other processes are woken for. Correctness never depends on it: everyone also looks by himself. */
export type WakeChannel = 'journal' | 'change' | 'line';

/** At most one NOTIFY per channel in this time, in ms: its commit takes a lock that all writers share. */
const COALESCE_MS = 20;

/**
 * Wakes other processes after a commit: at once, and those that come right after as one. A failure is left to the
 * pollers.
 */
export function createWaker(db: Db): { wake: (channel: WakeChannel) => void } {
  const resting = new Map<WakeChannel, { again: boolean }>();
  const notify = async (channel: WakeChannel): Promise<void> => {
    try {
      await sql`select pg_notify(${channel}, '')`.execute(db);
    } catch {
      // The database is away; who polls it will find what is there when it is back.
    }
  };
  const wake = (channel: WakeChannel): void => {
    const rest = resting.get(channel);
    if (rest !== undefined) {
      rest.again = true;
      return;
    }
    const begun = { again: false };
    resting.set(channel, begun);
    setTimeout(() => {
      resting.delete(channel);
      if (begun.again) wake(channel);
    }, COALESCE_MS);
    void notify(channel);
  };
  return { wake };
}
