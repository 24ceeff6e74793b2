import type { AgentId } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';
import { mustBeFree, readLink, type Link } from './invitations.ts';
import { createLogin, type NewLogin } from './people.ts';
import { endLogins } from './people-passwords.ts';
import { lockTeams } from './teams.ts';

export type Acceptance = {
  linkHash: Buffer;
  /** Null: as invited. */
  name: string | null;
  passwordHash: string;
  login: Omit<NewLogin, 'agent'>;
};

/**
 * Uses a link up and signs in: as somebody new, or with a new password, which ends all other logins.
 * @throws Problem LINK_USED, of two who use it at once for one; NAME_TAKEN when the address has got an agent meanwhile
 */
export function acceptLink(db: Db, acceptance: Acceptance): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await lockTeams(trx);
    const link = await readLink(trx, acceptance.linkHash);
    await trx
      .updateTable('invitation')
      .set({ used_at: new Date() })
      .where('token_hash', '=', link.tokenHash)
      .execute();
    const agent =
      link.agent === null
        ? await join(trx, link, acceptance)
        : await resetPassword(trx, link.agent, acceptance.passwordHash);
    await createLogin(trx, { ...acceptance.login, agent });
  });
}

async function join(trx: Trx, link: Link, acceptance: Acceptance): Promise<AgentId> {
  const { email, role, invitedBy } = link;
  await mustBeFree(trx, email);
  const id = newId<AgentId>();
  const name = acceptance.name ?? link.name;
  await trx
    .insertInto('agent')
    .values({ id, name, email, role, password_hash: acceptance.passwordHash })
    .execute();
  const after = { name, email, role, invitedBy: invitedBy?.id ?? null };
  const subject = { type: 'agent', id };
  await recordAudit(trx, { agent: id, action: 'agent.joined', subject, after });
  return id;
}

async function resetPassword(trx: Trx, id: AgentId, password_hash: string): Promise<AgentId> {
  await trx.updateTable('agent').set({ password_hash }).where('id', '=', id).execute();
  await endLogins(trx, id, null);
  const subject = { type: 'agent', id };
  await recordAudit(trx, { agent: id, action: 'agent.password_reset', subject });
  return id;
}
