import { Client, Connection } from '@temporalio/client';
import { registerSearchAttributes } from '#workflows/search-attributes.ts';

export type TemporalClient = {
  /** The client, or null while Temporal cannot be reached. Never throws. */
  get: () => Promise<Client | null>;
  /** Makes the search attributes known to Temporal. @throws when it does not answer */
  registerSearchAttributes: () => Promise<void>;
  close: () => Promise<void>;
};

const CONNECT_LIMIT = '2s';
const REGISTER_LIMIT_MS = 10_000;
/** gRPC's own pause grows to two minutes; a Temporal that is back would be found that late. */
const MAX_RECONNECT_PAUSE_MS = 500;
/** After a failed attempt the next one waits this long, so that many callers do not hammer. */
const RETRY_AFTER_MS = 1_000;

/** Connects when it is first needed and tries again until it succeeds; afterwards gRPC itself reconnects. */
export function createTemporalClient(address: string, namespace: string): TemporalClient {
  let client: Promise<Client | null> | null = null;
  let connected: Connection | null = null;
  let failedAt = -Infinity;
  const connect = async (): Promise<Client | null> => {
    try {
      const connection = await Connection.connect({
        address,
        connectTimeout: CONNECT_LIMIT,
        channelArgs: { 'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_PAUSE_MS },
      });
      connected = connection;
      return new Client({ connection, namespace });
    } catch {
      // Any failure to connect means the same here: not reachable now. Health says so.
      failedAt = performance.now();
      client = null;
      return null;
    }
  };
  return {
    get() {
      if (client === null && performance.now() - failedAt < RETRY_AFTER_MS)
        return Promise.resolve(null);
      client ??= connect();
      return client;
    },
    async registerSearchAttributes() {
      const connection = connected;
      await connection?.withDeadline(Date.now() + REGISTER_LIMIT_MS, () =>
        registerSearchAttributes(connection, namespace),
      );
    },
    async close() {
      await connected?.close();
    },
  };
}
