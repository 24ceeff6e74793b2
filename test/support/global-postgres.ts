import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '#db/migrate.ts';
import { freePort } from '#local/ports.ts';
import { embeddedPostgres, ensureDatabase } from '#local/postgres.ts';
import { openToOthers, shareAcrossProjects } from '#test/support/global.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `postgres://…` of the database `postgres`, whose user may make others. */
    adminUrl: string;
    /** The migrated, empty database that `testDatabase()` copies. */
    templateDatabase: string;
  }
}

const TEMPLATE = 'everthread_template';

/** One Postgres for all tests of a run; each file gets a database of its own (see database.ts). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { value, release } = await shareAcrossProjects('postgres', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'everthread-test-'));
    await openToOthers(folder);
    const postgres = await embeddedPostgres({
      dataDir: join(folder, 'postgres'),
      port: await freePort(),
      logFile: join(folder, 'postgres.log'),
      isDurable: false,
    });
    await postgres.start();
    await ensureDatabase(postgres.url(TEMPLATE));
    await migrate(postgres.url(TEMPLATE));
    const end = async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    };
    return { value: postgres.url('postgres'), end };
  });
  project.provide('adminUrl', value);
  project.provide('templateDatabase', TEMPLATE);
  return release;
}
