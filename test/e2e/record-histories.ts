import { mkdir, writeFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NEW_SESSION } from '#domain/session/session.ts';

const FOLDER = new URL('../histories/', import.meta.url);

/**
 * With RECORD_HISTORIES=1: keeps the histories of all runs so far, for the tests of later versions to replay. To be
 * done on purpose, and committed, when a version changes what workflows do.
 */
export async function recordHistories(client: Client, scenario: string): Promise<void> {
  if (process.env.RECORD_HISTORIES !== '1') return;
  await mkdir(FOLDER, { recursive: true });
  let run = 0;
  for await (const { workflowId, runId } of client.workflow.list()) {
    run += 1;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const file = new URL(`v${String(NEW_SESSION.v)}-${scenario}-${String(run)}.json`, FOLDER);
    await writeFile(file, historyToJSON(history));
  }
}
