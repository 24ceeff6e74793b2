import { SECOND } from '#domain/instant.ts';
import type { Policy } from '#domain/policy.ts';
import type { Db } from './database.ts';
import type { StoredClocks } from './stored.ts';

/** The clocks as sessions carry them, with the version of the settings that they were read from. */
export async function readPolicy(db: Db): Promise<Policy> {
  const row = await db
    .selectFrom('workspace')
    .select(['clocks', 'settings_version'])
    .executeTakeFirstOrThrow(
      () => new Error('No workspace: run `npm start` or create one before sessions are served'),
    );
  return toPolicy(row.clocks, row.settings_version);
}

export function toPolicy(clocks: StoredClocks, version: number): Policy {
  const { autoClose, reassign, deadline } = clocks;
  return {
    version,
    autoClose: { on: autoClose.on, afterMs: autoClose.afterSeconds * SECOND },
    reassign: { on: reassign.on, afterMs: reassign.afterSeconds * SECOND },
    deadline: {
      on: deadline.on,
      afterMs: deadline.afterSeconds * SECOND,
      warnBeforeMs: deadline.warnBeforeSeconds * SECOND,
    },
  };
}
