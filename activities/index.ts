import { commitTurn, type CommitDeps } from './commit-turn.ts';
import { lookForMessage, sendMessage, settleAttempt, type SendDeps } from './send.ts';
import { entriesAfter, hydrate, loadPolicy } from './session-reads.ts';
import type { Db } from '#db/database.ts';

/** Reads, for local activities. */
export function createReads(db: Db) {
  return {
    hydrate: hydrate.bind(null, db),
    entriesAfter: entriesAfter.bind(null, db),
    loadPolicy: loadPolicy.bind(null, db),
  };
}

/** The one write of a session's workflow. */
export function createCommits(deps: CommitDeps) {
  return { commitTurn: commitTurn.bind(null, deps) };
}

/** Calls to the platform, on a queue of their own. */
export function createSends(deps: SendDeps) {
  return {
    sendMessage: sendMessage.bind(null, deps),
    settleAttempt: settleAttempt.bind(null, deps),
    lookForMessage: lookForMessage.bind(null, deps),
  };
}

export type SessionReads = ReturnType<typeof createReads>;
export type CommitActivities = ReturnType<typeof createCommits>;
export type SendActivities = ReturnType<typeof createSends>;
