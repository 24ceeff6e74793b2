import type { Logger } from 'pino';
import { createChannelClients } from '#channels/index.ts';
import { deleteOldChanges } from '#db/change-feed.ts';
import type { Db } from '#db/database.ts';
import { forgetOldBodies } from '#db/delivery-queue.ts';
import { listen } from '#db/listen.ts';
import { createWaker } from '#db/notify.ts';
import { forgetPresence } from '#db/presence.ts';
import { ensurePartitions } from '#db/partitions.ts';
import { createSecretBox } from '#db/secrets.ts';
import { fanOutSettings } from '#db/settings-fanout.ts';
import type { ApiEnv } from './env.ts';
import { startIntake } from './intake/intake.ts';
import { startLine } from './line.ts';
import { startLoop } from './loop.ts';
import type { Metrics } from './metrics.ts';
import { startProfiles } from './profiles.ts';
import { startRelay } from './relay.ts';
import type { TemporalClient } from './temporal.ts';
import { startWatchdog } from './watchdog.ts';

export type IngestDeps = {
  db: Db;
  log: Logger;
  env: ApiEnv;
  metrics: Metrics;
  temporal: TemporalClient;
};

/** What an API process does in the background; every API may, they take turns or share the work. */
export type Ingest = {
  nudgeIntake: () => void;
  nudgeRelay: () => void;
  nudgeLine: () => void;
  /** Ends each loop after the step that is under way. */
  close: () => Promise<void>;
};

/** Raw deliveries are kept this long after they were processed (R49). */
const KEEP_BODIES_DAYS = 7;
/** More than a dry run looks back (R64). */
const KEEP_PRESENCE_DAYS = 35;
const FAN_OUT_EVERY_MS = 500;
const TIDY_EVERY_MS = 60_000;
/** It reads through whole partitions. */
const FORGET_EVERY_MS = 3_600_000;

export function startIngest({ db, log, env, metrics, temporal }: IngestDeps): Ingest {
  const waker = createWaker(db);
  const inboxUrl = env.PUBLIC_URL;
  const relay = startRelay({ db, log, temporal: temporal.get, inboxUrl });
  const wakeUps = listen(env.DATABASE_URL, 'journal', relay.nudge);
  const onJournal = (): void => {
    relay.nudge();
    waker.wake('journal');
    waker.wake('change');
  };
  const intake = startIntake({
    db,
    log,
    onJournal,
    apps: { ourAppId: env.META_APP_ID, inboxAppIds: env.META_INBOX_APP_IDS },
  });
  const line = startLine({ db, log, onJournal });
  const lineWakeUps = listen(env.DATABASE_URL, 'line', line.nudge);
  const watchdog = startWatchdog({
    db,
    log,
    temporal,
    inboxUrl,
    onRescued: (sessions) => {
      metrics.sessionsRescued.inc(sessions);
    },
  });
  const profiles = startProfiles({
    db,
    log,
    secretBox: createSecretBox(env.SECRET_KEY),
    clients: createChannelClients({
      graphApiUrl: env.GRAPH_API_URL,
      graphVersion: env.GRAPH_API_VERSION,
      appSecret: env.META_APP_SECRET[0],
    }),
  });
  const fanOut = startLoop({
    idleMs: FAN_OUT_EVERY_MS,
    onError: (err) => {
      log.warn({ err }, 'settings could not be told to sessions; it tries again');
    },
    async step() {
      const told = await fanOutSettings(db);
      if (told) onJournal();
      return told;
    },
  });
  let forgotAt = -Infinity;
  const tidy = startLoop({
    idleMs: TIDY_EVERY_MS,
    onError: (err) => {
      log.warn({ err }, 'tidying up failed; it tries again');
    },
    async step() {
      await ensurePartitions(db, new Date());
      await deleteOldChanges(db);
      if (performance.now() - forgotAt > FORGET_EVERY_MS) {
        await forgetOldBodies(db, KEEP_BODIES_DAYS);
        await forgetPresence(db, KEEP_PRESENCE_DAYS);
        forgotAt = performance.now();
      }
      return false;
    },
  });
  const loops = [intake, relay, line, watchdog, profiles, fanOut, tidy];
  return {
    nudgeIntake: intake.nudge,
    nudgeRelay: relay.nudge,
    nudgeLine: line.nudge,
    async close() {
      await Promise.all([wakeUps.close(), lineWakeUps.close()]);
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
