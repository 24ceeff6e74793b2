import { Connection } from '@temporalio/client';
import { migrate } from '#db/migrate.ts';
import { ensureDatabase } from '#local/postgres.ts';
import { registerSearchAttributes } from '#workflows/search-attributes.ts';

/** Makes the database if it is missing and brings it up to date. */
export async function prepareDatabase(databaseUrl: string): Promise<void> {
  await ensureDatabase(databaseUrl);
  await migrate(databaseUrl);
}

/** Registers the search attributes: a workflow that sets an unknown one hangs in its task. */
export async function prepareTemporal({
  address,
  namespace,
}: {
  address: string;
  namespace: string;
}): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await registerSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}
