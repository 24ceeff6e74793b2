/** Changes of who works here and as what (R56), one after the other. */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { PersonChange, PersonView } from '#contracts/people.ts';
import type { AgentId } from '#domain/ids.ts';
import { refusalToGo, refusalToManage, type PeopleRefusal } from '#domain/people.ts';
import type { Role } from '#domain/permission.ts';
import { recordAudit } from './audit.ts';
import type { Db, Trx } from './database.ts';
import { recordDepartures } from './departures.ts';
import { stirLine } from './line.ts';
import { leave } from './presence.ts';
import { endLogins, withdrawResets } from './people-passwords.ts';
import { readPersonView } from './people-list.ts';
import { departWhoLeft, lockTeams, teamsNow } from './teams.ts';

/** Who does it, and to whom. */
export type Deed = { by: AgentId; id: AgentId };

/** Somebody who is to be changed, as they are while nobody else changes people. */
export type Managed = {
  id: AgentId;
  name: string;
  role: Role;
  capacity: number | null;
  disabled: boolean;
  /** As what the one works who changes them. */
  byRole: Role;
};

/** @throws Problem with the code, where there is one */
export function obey(refusal: PeopleRefusal | null): void {
  if (refusal !== null) throw new Problem(refusal);
}

/** As what somebody works now, which may be less than when their request came in. */
export async function roleNow(trx: Trx, agent: AgentId): Promise<Role> {
  const row = await trx
    .selectFrom('agent')
    .select('role')
    .where('id', '=', agent)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) throw new Problem('SIGN_IN');
  return row.role;
}

/**
 * Keeps all others from changing people, and reads who is to be changed.
 * @throws Problem NOT_FOUND, ADMINS_ONLY, OWNERS_ONLY
 */
export async function lockManaged(trx: Trx, { by, id }: Deed): Promise<Managed> {
  await lockTeams(trx);
  const byRole = await roleNow(trx, by);
  const row = await trx
    .selectFrom('agent')
    .select(['id', 'name', 'role', 'capacity', 'disabled_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw new Problem('NOT_FOUND');
  obey(refusalToManage(byRole, row.role));
  const { disabled_at, ...managed } = row;
  return { ...managed, disabled: disabled_at !== null, byRole };
}

/**
 * Name, role and capacity, as far as given. Who ceases to be owner leaves the teams in which they are not listed.
 * @throws Problem NOT_FOUND, ADMINS_ONLY, OWNERS_ONLY, LAST_OWNER
 */
export function changePerson(db: Db, deed: Deed, change: PersonChange): Promise<PersonView> {
  return db.transaction().execute(async (trx) => {
    const teams = await teamsNow(trx, 'all');
    const managed = await lockManaged(trx, deed);
    const { before, after } = difference(managed, change);
    if (Object.keys(after).length === 0) return readPersonView(trx, deed.id);
    if (after.role !== undefined) {
      obey(refusalToManage(managed.byRole, after.role));
      obey(refusalToGo(managed, await countOwners(trx)));
    }
    await trx.updateTable('agent').set(after).where('id', '=', deed.id).execute();
    await departWhoLeft(trx, teams);
    if (after.capacity !== undefined) await stirLine(trx);
    const subject = { type: 'agent', id: deed.id };
    await recordAudit(trx, { agent: deed.by, action: 'agent.changed', subject, before, after });
    return readPersonView(trx, deed.id);
  });
}

/** What of a change is one, and how it was. */
function difference(managed: Managed, change: PersonChange) {
  const { name, role, capacity } = managed;
  const old = { name, role, capacity };
  const isOther = ([key, value]: [string, unknown]) =>
    value !== undefined && value !== old[key as keyof typeof old];
  const after = Object.fromEntries(Object.entries(change).filter(isOther)) as PersonChange;
  const before = Object.fromEntries(Object.entries(old).filter(([key]) => key in after));
  return { before, after };
}

/**
 * Lets somebody in no longer: signs them out everywhere, ends their API tokens and links, and hands on their sessions
 * (R57). Once is enough.
 * @throws Problem NOT_FOUND, ADMINS_ONLY, OWNERS_ONLY, LAST_OWNER
 */
export function disablePerson(db: Db, deed: Deed): Promise<PersonView> {
  return db.transaction().execute(async (trx) => {
    const { by, id } = deed;
    const managed = await lockManaged(trx, deed);
    if (managed.disabled) return readPersonView(trx, id);
    obey(refusalToGo(managed, await countOwners(trx)));
    const now = sql<Date>`now()`;
    await trx.updateTable('agent').set({ disabled_at: now }).where('id', '=', id).execute();
    await leave(trx, id);
    await endLogins(trx, id, null);
    await withdrawResets(trx, id);
    await trx
      .updateTable('api_token')
      .set({ revoked_at: now })
      .where('agent_id', '=', id)
      .where('revoked_at', 'is', null)
      .execute();
    await recordDepartures(trx, [{ agent: id, channel: null, cause: 'left' }]);
    await stirLine(trx);
    const subject = { type: 'agent', id };
    await recordAudit(trx, { agent: by, action: 'agent.disabled', subject });
    return readPersonView(trx, id);
  });
}

/**
 * Lets somebody in again, with the password, the groups and the places that they had; they may be given sessions.
 * @throws Problem NOT_FOUND, ADMINS_ONLY, OWNERS_ONLY
 */
export function enablePerson(db: Db, deed: Deed): Promise<PersonView> {
  return db.transaction().execute(async (trx) => {
    const { by, id } = deed;
    const managed = await lockManaged(trx, deed);
    if (!managed.disabled) return readPersonView(trx, id);
    await trx.updateTable('agent').set({ disabled_at: null }).where('id', '=', id).execute();
    await stirLine(trx);
    await recordAudit(trx, { agent: by, action: 'agent.enabled', subject: { type: 'agent', id } });
    return readPersonView(trx, id);
  });
}

async function countOwners(trx: Trx): Promise<number> {
  const { owners } = await trx
    .selectFrom('agent')
    .select(({ fn }) => fn.countAll<number>().as('owners'))
    .where('role', '=', 'owner')
    .where('disabled_at', 'is', null)
    .executeTakeFirstOrThrow();
  return owners;
}
