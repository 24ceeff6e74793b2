import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Db } from '#db/database.ts';
import { neglectedSessions, openSessionsAfter, type Neglected } from '#db/watchdog.ts';
import { sessionWorkflowId } from '#workflows/messages.ts';
import { startOrTell } from '#workflows/tell-session.ts';
import { startLoop, type Loop } from './loop.ts';
import type { TemporalClient } from './temporal.ts';

export type WatchdogDeps = {
  db: Db;
  log: Logger;
  temporal: TemporalClient;
  /** Operators follow it from Temporal's UI into the inbox. */
  inboxUrl?: string | undefined;
  /** Told how many sessions were found neglected and woken. */
  onRescued: (sessions: number) => void;
};

const LOOK_EVERY_MS = 15_000;
/** Every so often, and at start, all open sessions are held against what Temporal says is running. */
const COMPARE_EVERY_MS = 5 * 60_000;
const BATCH = 200;
const AT_ONCE = 16;
const CALL_LIMIT_MS = 3_000;
/** For a list of some hundred thousand, page by page. */
const LIST_LIMIT_MS = 60_000;

/** Wakes sessions that nobody serves: a terminated run, a lost Temporal database or an older backup repairs itself. */
export function startWatchdog(deps: WatchdogDeps): Loop {
  const { db, log, temporal } = deps;
  let comparedAt = -Infinity;
  return startLoop({
    idleMs: LOOK_EVERY_MS,
    maxErrorMs: LOOK_EVERY_MS,
    onError: (error) => {
      log.warn({ err: error }, 'watchdog failed; it looks again');
    },
    async step() {
      const client = await temporal.get();
      if (client === null) return false;
      // A new Temporal database knows none of them, and a start that names an unknown one is refused.
      await temporal.registerSearchAttributes();
      if (performance.now() - comparedAt > COMPARE_EVERY_MS) {
        await compareAll(deps, client);
        comparedAt = performance.now();
      }
      const neglected = await neglectedSessions(db, BATCH);
      await rescue(deps, client, neglected);
      return neglected.length === BATCH;
    },
  });
}

async function compareAll(deps: WatchdogDeps, client: Client): Promise<void> {
  const running = await runningWorkflows(client);
  let after = '';
  for (;;) {
    const open = await openSessionsAfter(deps.db, after, BATCH);
    await rescue(
      deps,
      client,
      open.filter((session) => !running.has(sessionWorkflowId(session))),
    );
    const last = open.at(-1);
    if (last === undefined || open.length < BATCH) return;
    after = last.id;
  }
}

async function runningWorkflows(client: Client): Promise<Set<string>> {
  const ids = new Set<string>();
  await client.withDeadline(Date.now() + LIST_LIMIT_MS, async () => {
    for await (const run of client.workflow.list({ query: "ExecutionStatus = 'Running'" }))
      ids.add(run.workflowId);
  });
  return ids;
}

async function rescue(
  deps: WatchdogDeps,
  client: Client,
  sessions: readonly Neglected[],
): Promise<void> {
  for (let from = 0; from < sessions.length; from += AT_ONCE) {
    const some = sessions.slice(from, from + AT_ONCE);
    await client.withDeadline(Date.now() + CALL_LIMIT_MS, () =>
      Promise.all(some.map((session) => startOrTell(client, session, [], deps.inboxUrl))),
    );
  }
  if (sessions.length === 0) return;
  deps.onRescued(sessions.length);
  deps.log.warn({ sessions: sessions.length }, 'sessions were not served; woken');
}
