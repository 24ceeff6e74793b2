import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { AgentId } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import type { Db, Trx } from './database.ts';
import { lockTeams } from './teams.ts';

export async function passwordOf(db: Db, agent: AgentId): Promise<string> {
  const row = await db
    .selectFrom('agent')
    .select('password_hash')
    .where('id', '=', agent)
    .executeTakeFirstOrThrow();
  return row.password_hash;
}

export type NewPassword = {
  agent: AgentId;
  /** The one that was checked: nothing is changed if it is another by now. */
  from: string;
  to: string;
  /** The login that goes on; all others end. */
  keep: Buffer;
};

/** Sets one's own password. @throws Problem INVALID when it was set anew meanwhile */
export function changePassword(db: Db, { agent, from, to, keep }: NewPassword): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await lockTeams(trx);
    const { numUpdatedRows } = await trx
      .updateTable('agent')
      .set({ password_hash: to })
      .where('id', '=', agent)
      .where('password_hash', '=', from)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw wrongPassword();
    await endLogins(trx, agent, keep);
    await withdrawResets(trx, agent);
    const subject = { type: 'agent', id: agent };
    await recordAudit(trx, { agent, action: 'agent.password_changed', subject });
  });
}

/** Not WRONG_LOGIN: whoever asks stays signed in. */
export function wrongPassword(): Problem {
  return new Problem('INVALID', { field: 'current', message: 'This is not your password.' });
}

/** Signs somebody out everywhere, but where `keep` is signed in. Their API tokens go on. */
export async function endLogins(trx: Trx, agent: AgentId, keep: Buffer | null): Promise<void> {
  await sql`
    delete from login where agent_id = ${agent} and token_hash is distinct from ${keep}::bytea
  `.execute(trx);
}

/** Links that would set a password after it was set otherwise. */
export async function withdrawResets(trx: Trx, agent: AgentId): Promise<void> {
  await trx
    .deleteFrom('invitation')
    .where('purpose', '=', 'reset')
    .where('agent_id', '=', agent)
    .where('used_at', 'is', null)
    .execute();
}
