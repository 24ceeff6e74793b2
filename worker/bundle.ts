import { mkdir, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const FOLDER = new URL('../node_modules/.cache/everthread/', import.meta.url);

/**
 * Bundles the workflow code once for all workers of a machine.
 * @returns path of the bundle, for `workflowBundle: { codePath }`
 */
export async function bundleWorkflows(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  await mkdir(FOLDER, { recursive: true });
  const path = fileURLToPath(new URL('workflows.js', FOLDER));
  // Renamed into place: another process may be reading the one before.
  const partial = `${path}.${String(process.pid)}`;
  await writeFile(partial, code);
  await rename(partial, path);
  return path;
}
