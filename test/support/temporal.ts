import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { expect, inject } from 'vitest';
import { eventually } from './until.ts';

/** What a test file needs to run workflows on the shared server. */
export type TestTemporal = {
  address: string;
  namespace: string;
  client: Client;
  /** For `Worker.create`. */
  connection: NativeConnection;
  /** For `Worker.create`: made once per run; never `workflowsPath`, which bundles anew each time. */
  workflowBundle: { codePath: string };
  /** This file's own, so that no other file's worker takes its tasks. */
  taskQueue: string;
  close(): Promise<void>;
};

/** Connects to the server of global-temporal.ts. */
export async function testTemporal(): Promise<TestTemporal> {
  quietRuntime();
  const address = inject('temporalAddress');
  const namespace = 'default';
  const clientConnection = await Connection.connect({ address });
  const connection = await NativeConnection.connect({ address });
  return {
    address,
    namespace,
    client: new Client({ connection: clientConnection, namespace }),
    connection,
    workflowBundle: { codePath: inject('workflowBundle') },
    taskQueue: `test-${randomUUID()}`,
    async close() {
      await clientConnection.close();
      await connection.close();
    },
  };
}

/** Waits until a workflow's executions are these, by what became of them: Temporal's list follows a little later. */
export async function untilListed(
  client: Client,
  workflowId: string,
  statuses: readonly string[],
): Promise<void> {
  await eventually(async () => {
    const names: string[] = [];
    const query = `WorkflowId = '${workflowId}'`;
    for await (const { status } of client.workflow.list({ query })) names.push(status.name);
    expect(names.sort()).toEqual([...statuses].sort());
  });
}

let isInstalled = false;

// The runtime is one per process, and must be set up before anything else makes it.
function quietRuntime(): void {
  if (isInstalled) return;
  isInstalled = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  });
}
