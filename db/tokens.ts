/** API tokens: let a program act as its agent (R56). */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { ApiToken } from '#contracts/token.ts';
import type { AgentId } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';
import { lockManaged, roleNow } from './people-changes.ts';
import { lockTeams } from './teams.ts';

/** One agent needs no more at a time; so all that are valid are listed. */
const MOST = 100;

const columns = ['id', 'name', 'created_at as createdAt', 'last_used_at as lastUsedAt'] as const;

/** Those of an agent that are not revoked, newest first. */
export function listTokens(db: Db, agent: AgentId): Promise<ApiToken[]> {
  return db
    .selectFrom('api_token')
    .select(columns)
    .where('agent_id', '=', agent)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute();
}

/** Those of a colleague. @throws Problem NOT_FOUND */
export async function listTokensOf(db: Db, id: AgentId): Promise<ApiToken[]> {
  const found = db.selectFrom('agent').select('id').where('id', '=', id);
  await found.executeTakeFirstOrThrow(() => new Problem('NOT_FOUND'));
  return listTokens(db, id);
}

/** @throws Problem INVALID when the agent has as many as one may have, SIGN_IN when they were disabled meanwhile */
export function addToken(
  db: Db,
  agent: AgentId,
  { name, tokenHash }: { name: string; tokenHash: Buffer },
): Promise<ApiToken> {
  return db.transaction().execute(async (trx) => {
    // Beside disabling, which ends those that there are.
    await lockTeams(trx);
    await roleNow(trx, agent);
    if ((await listTokens(trx, agent)).length >= MOST)
      throw new Problem('INVALID', { message: `At most ${MOST} tokens: revoke one first.` });
    const token = await trx
      .insertInto('api_token')
      .values({ id: newId<string>(), agent_id: agent, name, token_hash: tokenHash })
      .returning(columns)
      .executeTakeFirstOrThrow();
    await audit(trx, { by: agent, of: agent, token, action: 'api_token.added' });
    return token;
  });
}

/** Ends one of one's own. @throws Problem NOT_FOUND */
export function revokeOwnToken(db: Db, agent: AgentId, id: string): Promise<void> {
  return db.transaction().execute((trx) => revoke(trx, { by: agent, of: agent, id }));
}

/** Ends one of a colleague's. @throws Problem NOT_FOUND, ADMINS_ONLY, OWNERS_ONLY */
export function revokeToken(db: Db, deed: { by: AgentId; of: AgentId; id: string }): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await lockManaged(trx, { by: deed.by, id: deed.of });
    await revoke(trx, deed);
  });
}

async function revoke(
  trx: Trx,
  { by, of, id }: { by: AgentId; of: AgentId; id: string },
): Promise<void> {
  const token = await trx
    .updateTable('api_token')
    .set({ revoked_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('agent_id', '=', of)
    .where('revoked_at', 'is', null)
    .returning(['id', 'name'])
    .executeTakeFirst();
  if (token === undefined) throw new Problem('NOT_FOUND');
  await audit(trx, { by, of, token, action: 'api_token.revoked' });
}

async function audit(
  trx: Trx,
  deed: { by: AgentId; of: AgentId; token: Pick<ApiToken, 'id' | 'name'>; action: string },
): Promise<void> {
  const { by, of, token, action } = deed;
  const subject = { type: 'api_token', id: token.id };
  await recordAudit(trx, { agent: by, action, subject, after: { name: token.name, agent: of } });
}

/** Notes when a token was used, to the minute; for logins of browsers nothing. */
export async function noteTokenUse(db: Db, tokenHash: Buffer): Promise<void> {
  await sql`
    update api_token set last_used_at = now()
    where token_hash = ${tokenHash} and revoked_at is null
      and (last_used_at is null or last_used_at < now() - interval '1 minute')
  `.execute(db);
}
