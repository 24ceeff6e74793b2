/** Tags: the words that customers can be marked with. */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { NewTag, Tag, TagChange } from '#contracts/tag.ts';
import type { TagId } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';
import type { Person } from './people.ts';

/** All tags by name. @throws Problem FORBIDDEN for who is of no team and no admin */
export async function listTags(db: Db, person: Person): Promise<Tag[]> {
  const isOfSomeTeam = person.channels.some(({ inTeam }) => inTeam);
  if (person.role === 'staff' && !isOfSomeTeam) throw new Problem('FORBIDDEN');
  return db
    .selectFrom('tag')
    .select(['id', 'name', 'color'])
    .orderBy(sql`lower(name)`)
    .execute();
}

/** @throws Problem NAME_TAKEN */
export function addTag(db: Db, person: Person, { name, color }: NewTag): Promise<Tag> {
  return db.transaction().execute(async (trx) => {
    await mustBeFree(trx, name, null);
    const added = await trx
      .insertInto('tag')
      .values({ id: newId<TagId>(), name, ...(color === undefined ? {} : { color }) })
      .returning(['id', 'name', 'color'])
      .executeTakeFirstOrThrow();
    await recordAudit(trx, { ...audited(person, 'added', added.id), after: wordsOf(added) });
    return added;
  });
}

/** @throws Problem NOT_FOUND, NAME_TAKEN */
export function changeTag(db: Db, person: Person, change: TagChange & { id: TagId }): Promise<Tag> {
  const { id } = change;
  return db.transaction().execute(async (trx) => {
    const before = await lockTag(trx, id);
    if (before === undefined) throw new Problem('NOT_FOUND');
    const { name = before.name, color = before.color } = change;
    if (name === before.name && color === before.color) return before;
    await mustBeFree(trx, name, id);
    await trx.updateTable('tag').set({ name, color }).where('id', '=', id).execute();
    const after = { id, name, color };
    const words = { before: wordsOf(before), after: wordsOf(after) };
    await recordAudit(trx, { ...audited(person, 'changed', id), ...words });
    return after;
  });
}

/** Takes a tag away from the list, from customers and from what channels give; one that is gone stays gone. */
export async function deleteTag(db: Db, person: Person, id: TagId): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const before = await lockTag(trx, id);
    if (before === undefined) return;
    await trx
      .updateTable('channel')
      .set({ lead_tag_id: null })
      .where('lead_tag_id', '=', id)
      .execute();
    await trx.deleteFrom('tag').where('id', '=', id).execute();
    await recordAudit(trx, { ...audited(person, 'deleted', id), before: wordsOf(before) });
  });
}

function lockTag(trx: Trx, id: TagId): Promise<Tag | undefined> {
  return trx
    .selectFrom('tag')
    .select(['id', 'name', 'color'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** Names are given one at a time, so that of two that are the same one is told, not refused by the index. */
async function mustBeFree(trx: Trx, name: string, except: TagId | null): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('tag names'))`.execute(trx);
  const same = await trx
    .selectFrom('tag')
    .select('id')
    .where(sql`lower(name)`, '=', sql`lower(${name})`)
    .executeTakeFirst();
  if (same !== undefined && same.id !== except) throw new Problem('NAME_TAKEN', { field: 'name' });
}

function audited({ agent }: Person, what: string, id: TagId) {
  return { agent, action: `tag.${what}`, subject: { type: 'tag', id } };
}

function wordsOf({ name, color }: Tag) {
  return { name, color };
}
