import { sql } from 'kysely';
import type { Db } from './database.ts';

/** What other processes are woken for. Correctness never depends on it: everyone also looks by himself. */
export type WakeChannel = 'journal' | 'change';

/** At most one NOTIFY per channel in this time, in ms: its commit takes a lock that all writers share. */
const COALESCE_MS = 20;

/** Wakes other processes after a commit; calls that come together become one. A failure is left to the pollers. */
export function createWaker(db: Db): { wake: (channel: WakeChannel) => void } {
  const pending = new Set<WakeChannel>();
  const flush = async (): Promise<void> => {
    const channels = [...pending];
    pending.clear();
    try {
      for (const channel of channels) await sql`select pg_notify(${channel}, '')`.execute(db);
    } catch {
      // The database is away; who polls it will find what is there when it is back.
    }
  };
  return {
    wake(channel) {
      if (pending.size === 0) setTimeout(() => void flush(), COALESCE_MS);
      pending.add(channel);
    },
  };
}
