/** Groups of people, of which channels' teams are made (R2, R3, R56). */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { Group, GroupChange, NewGroup } from '#contracts/groups.ts';
import type { AgentId, GroupId } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import { changedFields } from './changed-fields.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';
import { stirLine } from './line.ts';
import { departWhoLeft, lockTeams, teamsNow, type Teams } from './teams.ts';

/** Nothing is paged before that. */
const MOST = 1_000;

/** By name. */
export function listGroups(db: Db): Promise<Group[]> {
  return read(db, null);
}

async function read(db: Db, id: GroupId | null): Promise<Group[]> {
  const { rows } = await sql<Group>`
    select id, name, version, array(
      select agent_id from team_group_member where group_id = team_group.id order by position
    ) as members
    from team_group where ${id}::text is null or id = ${id}
    order by lower(name), id limit ${MOST}
  `.execute(db);
  return rows;
}

async function readGroup(trx: Trx, id: GroupId): Promise<Group> {
  const [group] = await read(trx, id);
  if (group === undefined) throw new Problem('NOT_FOUND');
  return group;
}

/** @throws Problem NAME_TAKEN, and INVALID for members who do not exist */
export function addGroup(db: Db, by: AgentId, { name, members }: NewGroup): Promise<Group> {
  return db.transaction().execute(async (trx) => {
    await lockTeams(trx);
    const id = newId<GroupId>();
    await mustBeFree(trx, id, name);
    await trx.insertInto('team_group').values({ id, name }).execute();
    await setMembers(trx, id, members);
    const subject = { type: 'group', id };
    const after = { name, members };
    await recordAudit(trx, { agent: by, action: 'group.added', subject, after });
    return readGroup(trx, id);
  });
}

/**
 * Name and members, as far as given. Who is thereby no longer of a channel's team loses their sessions there (R57).
 * @throws Problem NOT_FOUND, STALE_SETTINGS, NAME_TAKEN, and INVALID for members who do not exist
 */
export function changeGroup(
  db: Db,
  { by, id }: { by: AgentId; id: GroupId },
  { version, name, members }: GroupChange,
): Promise<Group> {
  return db.transaction().execute(async (trx) => {
    const teams = await teamsWith(trx, id);
    const before = await readGroup(trx, id);
    if (before.version !== version) throw new Problem('STALE_SETTINGS', { field: 'version' });
    await rename(trx, before, name ?? before.name);
    if (members !== undefined) {
      await setMembers(trx, id, members);
      await departWhoLeft(trx, teams);
      await stirLine(trx);
    }
    const after = await readGroup(trx, id);
    const changed = changedFields(wordsOf(before), wordsOf(after));
    const subject = { type: 'group', id };
    if (changed !== null)
      await recordAudit(trx, { agent: by, action: 'group.changed', subject, ...changed });
    return after;
  });
}

/** @throws Problem NOT_FOUND */
export function deleteGroup(db: Db, { by, id }: { by: AgentId; id: GroupId }): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const teams = await teamsWith(trx, id);
    const before = await readGroup(trx, id);
    await trx.deleteFrom('team_group').where('id', '=', id).execute();
    await departWhoLeft(trx, teams);
    await stirLine(trx);
    const subject = { type: 'group', id };
    const words = wordsOf(before);
    await recordAudit(trx, { agent: by, action: 'group.deleted', subject, before: words });
  });
}

function wordsOf({ name, members }: Group) {
  return { name, members };
}

/** The teams of the channels in which a group is listed. */
async function teamsWith(trx: Trx, id: GroupId): Promise<Teams> {
  await lockTeams(trx);
  const listed = await trx
    .selectFrom('channel_group')
    .select('channel_id')
    .where('group_id', '=', id)
    .execute();
  return teamsNow(
    trx,
    listed.map((row) => row.channel_id),
  );
}

async function rename(trx: Trx, { id, version }: Group, name: string): Promise<void> {
  await mustBeFree(trx, id, name);
  await trx
    .updateTable('team_group')
    .set({ name, version: version + 1 })
    .where('id', '=', id)
    .execute();
}

async function mustBeFree(trx: Trx, id: GroupId, name: string): Promise<void> {
  const found = await trx
    .selectFrom('team_group')
    .select('id')
    .where(sql`lower(name)`, '=', sql`lower(${name})`)
    .where('id', '<>', id)
    .executeTakeFirst();
  if (found !== undefined) throw new Problem('NAME_TAKEN', { field: 'name' });
}

async function setMembers(trx: Trx, id: GroupId, members: readonly AgentId[]): Promise<void> {
  const known = await trx
    .selectFrom('agent')
    .select('id')
    .where('id', '=', sql<AgentId>`any(${[...members]}::text[])`)
    .execute();
  if (known.length < members.length)
    throw new Problem('INVALID', { field: 'members', message: 'One of them does not work here.' });
  await trx.deleteFrom('team_group_member').where('group_id', '=', id).execute();
  const rows = members.map((agent, position) => ({ group_id: id, agent_id: agent, position }));
  if (rows.length > 0) await trx.insertInto('team_group_member').values(rows).execute();
}
