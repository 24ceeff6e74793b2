/** A whole installation to be treated badly, with everybody who plays in it. */
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createDatabase, type Db } from '#db/database.ts';
import type { StoredClocks } from '#db/stored.ts';
import type { AgentId } from '#domain/ids.ts';
import { createStack, type Stack } from '#local/stack.ts';
import { createDice } from '#sandbox/dice.ts';
import { bundleWorkflows } from '#worker/bundle.ts';
import { AgentClient } from './agent-client.ts';
import { metaAt, type Meta } from './meta.ts';
import { watchSessions, type SessionWatch } from './watch.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

export type World = {
  stack: Stack;
  db: Db;
  meta: Meta;
  workspace: Workspace;
  admin: AgentClient;
  agents: readonly AgentClient[];
  /** The client of whoever is in charge. @throws when nobody is */
  agentOf(id: AgentId | null): AgentClient;
  watch: SessionWatch;
  temporal: Client;
  /** Repeatable chance: from 0 up to 1. */
  dice: () => number;
  /** Processes that ended without having been asked to. */
  crashes: string[];
  /** Where the logs are. */
  dataDir: string;
  /** Ends all processes. The folder stays when it is worth a look. */
  close(keepFolder?: boolean): Promise<void>;
};

export type WorldOptions = {
  agents?: number;
  apis?: number;
  workers?: number;
  seed?: number;
  clocks?: StoredClocks;
  workflowBundle?: string;
};

/** Starts everything; nothing of it is shared with another world. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { agents = 4, apis = 1, workers = 1, seed = 1, clocks, workflowBundle } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'everthread-chaos-'));
  // Postgres runs as another user and must pass through.
  await chmod(dataDir, 0o711);
  let workspace: Workspace | null = null;
  const stack = await createStack({
    dataDir,
    apis,
    workers,
    // A killed process loses nothing either way; only a power cut would, and there is none here.
    isDurable: false,
    workflowBundle: await ownBundle(dataDir, workflowBundle),
    async prepare(made) {
      workspace = await createWorkspace(made, { agents, clocks });
      return {};
    },
  });
  const crashes: string[] = [];
  for (const part of stack.parts)
    part.onCrash((how) =>
      crashes.push(`${part.name} ended by itself: ${how}, log ${part.logFile}`),
    );
  await stack.start();
  if (workspace === null) throw new Error('The stack did not prepare its workspace');
  return { ...(await enter(stack, workspace)), dice: createDice(seed), crashes, dataDir };
}

/** A copy: the common one is made anew by whoever starts something else, and a killed worker would come back with that. */
async function ownBundle(dataDir: string, made: string | undefined): Promise<string> {
  const path = join(dataDir, 'workflows.js');
  await copyFile(made ?? (await bundleWorkflows()), path);
  return path;
}

async function enter(stack: Stack, workspace: Workspace) {
  const urls = stack.apis.map((api) => api.url);
  const clients = [workspace.admin, ...workspace.agents].map((one) => new AgentClient(one, urls));
  for (const client of clients) await client.signIn();
  const [admin, ...agents] = clients;
  if (admin === undefined) throw new Error('There is no admin');
  const db = createDatabase(stack.databaseUrl, { max: 6 });
  const watch = watchSessions(db);
  const connection = await Connection.connect({ address: stack.temporal.address });
  return {
    stack,
    db,
    workspace,
    admin,
    agents,
    watch,
    meta: metaAt(stack.sandbox.url),
    temporal: new Client({ connection, namespace: stack.temporal.namespace }),
    agentOf(id: AgentId | null): AgentClient {
      const found = clients.find((client) => client.id === id);
      if (found === undefined) throw new Error(`Nobody here is ${id}`);
      return found;
    },
    async close(keepFolder = false) {
      watch.stop();
      await connection.close();
      await db.destroy();
      await stack.kill();
      if (!keepFolder) await rm(join(stack.postgres.logFile, '..', '..'), { recursive: true });
    },
  };
}

/** A number of milliseconds from `from` up to `to`. */
export function between(world: Pick<World, 'dice'>, from: number, to: number): number {
  return from + world.dice() * (to - from);
}
