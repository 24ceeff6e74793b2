/** One-time links: an invitation makes an agent, a reset gives an existing one a new password (R56). */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { Invitation, NewInvitation } from '#contracts/invitation.ts';
import type { AgentId } from '#domain/ids.ts';
import { linkHolds, refusalToManage } from '#domain/people.ts';
import type { Role } from '#domain/permission.ts';
import { recordAudit } from './audit.ts';
import type { Db, Trx } from './database.ts';
import { lockManaged, obey, roleNow, type Deed } from './people-changes.ts';
import { withdrawResets } from './people-passwords.ts';
import { agentRefOf } from './session-row.ts';
import { lockTeams } from './teams.ts';

/** More are never open at once; the newest are listed. */
const MOST = 500;
const DISABLED = 'This person is disabled, and no link would let them in. Enable them first.';

/** A link that still holds. Only its hash is known. */
export type Link = {
  tokenHash: Buffer;
  purpose: 'invitation' | 'reset';
  email: string;
  name: string;
  role: Role;
  /** Whose password is reset; null = somebody new is invited. */
  agent: AgentId | null;
  invitedBy: { id: AgentId; name: string } | null;
  createdAt: Date;
  expiresAt: Date;
};

export type NewLink = { tokenHash: Buffer; expiresAt: Date };

/**
 * Invites somebody; an earlier invitation of the same address no longer works.
 * @throws Problem ADMINS_ONLY, OWNERS_ONLY, and NAME_TAKEN when somebody with this address works here
 */
export function addInvitation(
  db: Db,
  by: AgentId,
  { email, name, role }: NewInvitation,
  link: NewLink,
): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await lockTeams(trx);
    obey(refusalToManage(await roleNow(trx, by), role));
    await mustBeFree(trx, email);
    await trx
      .deleteFrom('invitation')
      .where('purpose', '=', 'invitation')
      .where(sql`lower(email)`, '=', sql`lower(${email})`)
      .where('used_at', 'is', null)
      .execute();
    await insertLink(trx, by, { ...link, purpose: 'invitation', email, name, role, agent: null });
    const subject = { type: 'invitation', id: invitationIdOf(link.tokenHash) };
    const after = { email, name, role };
    await recordAudit(trx, { agent: by, action: 'invitation.added', subject, after });
  });
}

/**
 * A link by which somebody sets a new password; earlier ones no longer work.
 * @throws Problem NOT_FOUND, ADMINS_ONLY, OWNERS_ONLY, and INVALID for who is disabled
 */
export function addResetLink(db: Db, deed: Deed, link: NewLink): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const { by, id } = deed;
    const { name, role, disabled } = await lockManaged(trx, deed);
    if (disabled) throw new Problem('INVALID', { message: DISABLED });
    const { email } = await trx
      .selectFrom('agent')
      .select('email')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    await withdrawResets(trx, id);
    await insertLink(trx, by, { ...link, purpose: 'reset', email, name, role, agent: id });
    const subject = { type: 'agent', id };
    await recordAudit(trx, { agent: by, action: 'agent.reset_link_added', subject });
  });
}

async function insertLink(
  trx: Trx,
  by: AgentId,
  { tokenHash, expiresAt, agent, ...link }: Omit<Link, 'invitedBy' | 'createdAt'>,
): Promise<void> {
  await trx
    .insertInto('invitation')
    .values({
      ...link,
      token_hash: tokenHash,
      agent_id: agent,
      invited_by: by,
      expires_at: expiresAt,
    })
    .execute();
}

/** Addresses are of one agent each, however they are written. @throws Problem NAME_TAKEN */
export async function mustBeFree(trx: Trx, email: string): Promise<void> {
  const found = await trx
    .selectFrom('agent')
    .select('id')
    .where(sql`lower(email)`, '=', sql`lower(${email})`)
    .executeTakeFirst();
  if (found === undefined) return;
  const message = 'Somebody with this e-mail address works here already.';
  throw new Problem('NAME_TAKEN', { field: 'email', message });
}

/** Invitations that can be accepted, newest first. */
export async function listInvitations(db: Db): Promise<Invitation[]> {
  const links = await readLinks(db, null);
  return links.map(({ tokenHash, email, name, role, invitedBy, createdAt, expiresAt }) => {
    const id = invitationIdOf(tokenHash);
    return { id, email, name, role, invitedBy, createdAt, expiresAt };
  });
}

/** @throws Problem LINK_USED: it was used, or does not hold any more, or never was */
export async function readLink(db: Db, tokenHash: Buffer): Promise<Link> {
  const [link] = await readLinks(db, tokenHash);
  if (link === undefined) throw new Problem('LINK_USED');
  return link;
}

type Found = Omit<Link, 'invitedBy'> & {
  maker_id: AgentId | null;
  maker_name: string | null;
  maker_role: Role | null;
  maker_disabled: boolean;
};

/** @param tokenHash of one link; null = all open invitations */
async function readLinks(db: Db, tokenHash: Buffer | null): Promise<Link[]> {
  const { rows } = await sql<Found>`
    select invitation.token_hash as "tokenHash", invitation.purpose, invitation.agent_id as agent,
      coalesce(subject.email, invitation.email) as email, coalesce(subject.name, invitation.name) as name,
      coalesce(subject.role, invitation.role) as role,
      invitation.created_at as "createdAt", invitation.expires_at as "expiresAt",
      maker.id as maker_id, maker.name as maker_name, maker.role as maker_role,
      maker.disabled_at is not null as maker_disabled
    from invitation
    left join agent subject on subject.id = invitation.agent_id
    left join agent maker on maker.id = invitation.invited_by
    where invitation.used_at is null and invitation.expires_at > now() and subject.disabled_at is null
      and (invitation.token_hash = ${tokenHash}
        or (${tokenHash}::bytea is null and invitation.purpose = 'invitation'))
    order by invitation.created_at desc
    limit ${MOST}
  `.execute(db);
  return rows.filter(holds).map(toLink);
}

function toLink({ maker_id, maker_name, ...row }: Found): Link {
  const { tokenHash, purpose, email, name, role, agent, createdAt, expiresAt } = row;
  const invitedBy = agentRefOf(maker_id, maker_name);
  return { tokenHash, purpose, email, name, role, agent, invitedBy, createdAt, expiresAt };
}

function holds({ maker_role, maker_disabled, role }: Found): boolean {
  const maker = maker_role === null ? null : { role: maker_role, disabled: maker_disabled };
  return linkHolds(maker, role);
}

/** @throws Problem NOT_FOUND when there is no such open one, ADMINS_ONLY, OWNERS_ONLY */
export function withdrawInvitation(db: Db, by: AgentId, id: string): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await lockTeams(trx);
    const deleted = await trx
      .deleteFrom('invitation')
      .where('token_hash', '=', Buffer.from(id, 'base64url'))
      .where('purpose', '=', 'invitation')
      .where('used_at', 'is', null)
      .returning(['email', 'name', 'role'])
      .executeTakeFirst();
    if (deleted === undefined) throw new Problem('NOT_FOUND');
    obey(refusalToManage(await roleNow(trx, by), deleted.role));
    const subject = { type: 'invitation', id };
    const action = 'invitation.withdrawn';
    await recordAudit(trx, { agent: by, action, subject, before: deleted });
  });
}

/** Names an invitation without giving away the link: the link cannot be made from its hash. */
export function invitationIdOf(tokenHash: Buffer): string {
  return tokenHash.toString('base64url');
}
