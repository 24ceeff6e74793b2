import pg from 'pg';
import type { WakeChannel } from './notify.ts';

const RETRY_MS = 1_000;
const CONNECT_LIMIT_MS = 5_000;

/**
 * Hears when other processes have committed something. Only quickens: who listens also looks by itself, so a
 * connection that is lost costs some milliseconds until it is back.
 */
export function listen(
  databaseUrl: string,
  channel: WakeChannel,
  onWake: () => void,
): { close(): Promise<void> } {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const connect = async (): Promise<void> => {
    timer = null;
    const mine = new pg.Client({
      connectionString: databaseUrl,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
    });
    client = mine;
    mine.on('error', () => undefined);
    mine.on('end', again);
    mine.on('notification', onWake);
    try {
      await mine.connect();
      await mine.query(`listen ${channel}`);
    } catch {
      // Postgres is away; 'end' leads to the next try.
      await mine.end().catch(() => undefined);
      again();
    }
  };
  const again = (): void => {
    if (closed || timer !== null) return;
    timer = setTimeout(() => void connect(), RETRY_MS);
  };
  const first = connect();
  return {
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await first;
      await client?.end().catch(() => undefined);
    },
  };
}
