import { sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { createDatabase } from './database.ts';
import { migrations } from './migrations/index.ts';
import { ensurePartitions } from './partitions.ts';

/**
 * Brings the database up to date. Safe to run from several processes at once: the migrator takes a lock.
 * @returns the names of the migrations that were applied now
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const db = createDatabase(databaseUrl, { max: 2 });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations } });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined)
      throw new Error('The database could not be brought up to date', { cause: error });
    await ensurePartitions(db, new Date());
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}

function getMigrations(): Promise<Record<string, Migration>> {
  const named = Object.entries(migrations).map(([name, migration]): [string, Migration] => [
    name,
    {
      up: async (db) => {
        await sql.raw(migration.sql).execute(db);
      },
    },
  ]);
  return Promise.resolve(Object.fromEntries(named));
}
