import { mkdir, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const FOLDER = new URL('../node_modules/.cache/everthread/', import.meta.url);

/**
 * Bundles the workflow code once for all workers of a machine.
 * @returns path of the bundle, for `workflowBundle: { codePath }`
 */
export async function bundleWorkflows(): Promise<string> {
  const { code } = await bundle(new URL('../workflows/index.ts', import.meta.url));
  await mkdir(FOLDER, { recursive: true });
  const path = fileURLToPath(new URL('workflows.js', FOLDER));
  // Renamed into place: another process may be reading the one before.
  const partial = `${path}.${String(process.pid)}`;
  await writeFile(partial, code);
  await rename(partial, path);
  return path;
}

/** One file of workflow code; the benchmarks bundle their floor the same way. */
export function bundle(file: URL) {
  const workflowsPath = fileURLToPath(file);
  return bundleWorkflowCode({
    workflowsPath,
    // Loaded once for all sessions instead of anew for each, which took 61 of 74 kB and two thirds of the time of
    // a session's first task. So what is declared outside of functions is shared: it may hold nothing of a session.
    preloadModules: [workflowsPath],
    logger: new DefaultLogger('ERROR'),
  });
}
