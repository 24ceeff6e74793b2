import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { freePort } from '#local/ports.ts';
import { prepareTemporal } from '#local/prepare.ts';
import { temporalBinary } from '#local/temporal-binary.ts';
import { temporalDevServer } from '#local/temporal.ts';
import { shareAcrossProjects } from '#test/support/global.ts';
import { bundleWorkflows } from '#worker/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the Temporal server that the tests share. */
    temporalAddress: string;
    /** The file with the bundled workflows. */
    workflowBundle: string;
  }
}

/** One Temporal server, and one bundle of the workflows for all tests of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { value, release } = await shareAcrossProjects('temporal', async () => {
    await temporalBinary((line) => console.log(line));
    const folder = await mkdtemp(join(tmpdir(), 'everthread-test-'));
    const temporal = temporalDevServer({
      // In a file, so that a server that has to be started again knows what it knew.
      dbFile: join(folder, 'temporal.db'),
      port: await freePort(),
      logFile: join(folder, 'temporal.log'),
    });
    const [workflowBundle] = await Promise.all([bundleWorkflows(), temporal.start()]);
    await prepareTemporal(temporal);
    const end = async () => {
      await temporal.stop();
      await rm(folder, { recursive: true, force: true });
    };
    return { value: { temporalAddress: temporal.address, workflowBundle }, end };
  });
  project.provide('temporalAddress', value.temporalAddress);
  project.provide('workflowBundle', value.workflowBundle);
  return release;
}
