import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createCommits, createReads, createSends } from '#activities/index.ts';
import type { SendDeps } from '#activities/send.ts';
import { SEND_QUEUE, SESSION_QUEUE } from '#workflows/messages.ts';

export type WorkerSetup = {
  connection: NativeConnection;
  namespace: string;
  bundlePath: string;
  deps: SendDeps;
  maxCachedSessions: number;
};

/**
 * The two workers of a process: sessions with their commits, and the calls to the platform. Apart, so that a slow
 * Meta that holds every send keeps no session waiting.
 */
export async function createWorkers(setup: WorkerSetup): Promise<Worker[]> {
  const { connection, namespace, bundlePath, deps, maxCachedSessions } = setup;
  const common: Pick<WorkerOptions, 'shutdownGraceTime' | 'shutdownForceTime'> = {
    shutdownGraceTime: '5s',
    shutdownForceTime: '15s',
  };
  const sessions = await Worker.create({
    ...common,
    connection,
    namespace,
    taskQueue: SESSION_QUEUE,
    workflowBundle: { codePath: bundlePath },
    activities: { ...createReads(deps.db), ...createCommits(deps) },
    ...sessionWorkerOptions(maxCachedSessions),
  });
  const sends = await Worker.create({
    ...common,
    connection,
    namespace,
    taskQueue: SEND_QUEUE,
    activities: createSends(deps),
    maxConcurrentActivityTaskExecutions: 100,
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 4 },
  });
  return [sessions, sends];
}

/** How much the worker of sessions does at once; the benchmarks measure their floor with the same. */
export function sessionWorkerOptions(maxCachedSessions: number) {
  return {
    maxCachedWorkflows: maxCachedSessions,
    maxConcurrentWorkflowTaskExecutions: maxCachedSessions === 0 ? 4 : 20,
    maxConcurrentLocalActivityExecutions: 20,
    maxConcurrentActivityTaskExecutions: 40,
    workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 8 },
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 4 },
    // A worker that died keeps its sessions' tasks no longer than this; the default made timers 10 s late.
    stickyQueueScheduleToStartTimeout: '1s',
  } satisfies Partial<WorkerOptions>;
}
