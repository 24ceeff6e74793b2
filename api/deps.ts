import type { Logger } from 'pino';
import type { Db } from '#db/database.ts';
import type { DeliveryStore } from '#db/deliveries.ts';
import type { ApiEnv } from './env.ts';
import type { Metrics } from './metrics.ts';
import type { Outcomes } from './outcomes.ts';
import type { Pages } from './pages.ts';
import type { PresenceBook } from './presence.ts';
import type { StreamHub } from './stream/hub.ts';

/** What the routes need, made once by the process (main.ts) or by a test. */
export type ApiDeps = {
  env: ApiEnv;
  log: Logger;
  db: Db;
  deliveries: DeliveryStore;
  metrics: Metrics;
  outcomes: Outcomes;
  stream: StreamHub;
  /** Whether Temporal answers; unknown where this process has no use for it. */
  temporalStatus: () => Promise<'ok' | 'down' | 'unknown'>;
  /** The desk's pages; null when they were not built. */
  pages: Pages | null;
  /** False as soon as the process has begun to stop. */
  isServing: () => boolean;
  /** There is something new to read, or to hand to Temporal. Neither waits nor fails. */
  nudgeIntake: () => void;
  nudgeRelay: () => void;
  /** A place may have become free, or somebody left. */
  nudgeLine: () => void;
  presence: PresenceBook;
};
