import { sql } from 'kysely';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import type { Role, TeamPermission } from '#domain/permission.ts';
import type { Db } from './database.ts';

/** Who looks or acts, with what counts on each channel. Read anew for every request. */
export type Person = {
  agent: AgentId;
  name: string;
  email: string;
  role: Role;
  channels: readonly ChannelRights[];
};
export type ChannelRights = {
  channel: ChannelId;
  /** The workspace owner counts as in every team (R23). */
  inTeam: boolean;
  permission: TeamPermission;
};

/**
 * The people behind some tokens: a browser's login or an integrator's API token, of which only hashes are kept.
 * Expired, revoked and disabled ones are not among them.
 * @returns by the hash in hex
 */
export async function peopleByTokens(
  db: Db,
  hashes: readonly Buffer[],
): Promise<Map<string, Person>> {
  const { rows } = await sql<Person & { hash: string }>`
    with who as (
      select token_hash, agent_id from login
      where token_hash = any(${hashes}::bytea[]) and expires_at > now()
      union all
      select token_hash, agent_id from api_token
      where token_hash = any(${hashes}::bytea[]) and revoked_at is null
    )
    select encode(who.token_hash, 'hex') as hash, a.id as agent, a.name, a.email, a.role,
      coalesce(rights.channels, '[]') as channels
    from who
    join agent a on a.id = who.agent_id and a.disabled_at is null
    left join lateral (
      select jsonb_agg(jsonb_build_object(
        'channel', c.id,
        'inTeam', m.agent_id is not null or a.role = 'owner',
        'permission', jsonb_build_object('view', c.view_each_other, 'interact', c.interact_each_other)
      ) order by c.created_at, c.id) as channels
      from channel c left join channel_member m on m.channel_id = c.id and m.agent_id = a.id
    ) rights on true
  `.execute(db);
  return new Map(rows.map(({ hash, ...person }) => [hash, person]));
}

export type LoginCandidate = { id: AgentId; password_hash: string };

/** Who signs in with this address; null when nobody may. */
export async function loginCandidate(db: Db, email: string): Promise<LoginCandidate | null> {
  const row = await db
    .selectFrom('agent')
    .select(['id', 'password_hash'])
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

export type NewLogin = { tokenHash: Buffer; agent: AgentId; expiresAt: Date };

/**
 * Signs an agent in, unless they are disabled.
 * @param password the one that was checked; if it is another by now, nobody is signed in
 * @returns false when nobody was signed in
 */
export async function createLogin(
  db: Db,
  { tokenHash, agent, expiresAt }: NewLogin,
  password: string | null = null,
): Promise<boolean> {
  // The agent's row is locked by this: a new password, which ends all logins, comes before or after.
  const { numAffectedRows } = await sql`
    with signed_in as (
      update agent set last_login_at = now()
      where id = ${agent} and disabled_at is null
        and (${password}::text is null or password_hash = ${password})
      returning id
    )
    insert into login (token_hash, agent_id, expires_at)
    select ${tokenHash}::bytea, id, ${expiresAt}::timestamptz from signed_in
  `.execute(db);
  return numAffectedRows === 1n;
}

/** Also clears away the same agent's logins that have expired. */
export async function deleteLogin(db: Db, tokenHash: Buffer): Promise<void> {
  await sql`
    delete from login
    where token_hash = ${tokenHash} or (
      expires_at < now() and agent_id = (select agent_id from login where token_hash = ${tokenHash}))
  `.execute(db);
}
