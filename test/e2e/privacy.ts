/** Everything that Temporal and the logs keep of a run, as one text, to look for what must not be in it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** Every history of every workflow, payloads decoded, with the attributes and summaries that the list shows. */
export async function allHistories(client: Client): Promise<Map<string, string>> {
  const histories = new Map<string, string>();
  for await (const run of client.workflow.list()) {
    const handle = client.workflow.getHandle(run.workflowId, run.runId);
    const { raw } = await handle.describe();
    const history = historyToJSON(await handle.fetchHistory());
    const shown = decode(JSON.stringify([raw, JSON.parse(history)], bytesAsText));
    histories.set(`${run.workflowId} ${run.runId}`, shown);
  }
  return histories;
}

/** The log of every process of the installation, by file name. */
export async function allLogs(dataDir: string): Promise<Map<string, string>> {
  const folder = join(dataDir, 'logs');
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(names.map((name, index) => [name, texts[index] ?? '']));
}

/** Payloads are base64 in the JSON of a history; beside each stands what it says. */
function decode(text: string): string {
  return text.replaceAll(/"data":"([A-Za-z0-9+/=]+)"/g, (_, data: string) =>
    JSON.stringify({ data: Buffer.from(data, 'base64').toString('utf8') }),
  );
}

function bytesAsText(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'bigint' ? String(value) : value;
}
