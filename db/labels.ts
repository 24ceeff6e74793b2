/** The words that sessions can be marked with (R63). */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { Label, LabelChange, NewLabel } from '#contracts/label.ts';
import type { LabelId } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import { changedFields } from './changed-fields.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';
import type { Person } from './people.ts';

/** Nothing is paged before that. */
const MOST = 1_000;

/** In their order, retired ones too. */
export async function listLabels(db: Db): Promise<Label[]> {
  const { rows } = await sql<Label>`
    select id, name, color, position, retired_at is not null as retired
    from label order by position, id limit ${MOST}
  `.execute(db);
  return rows;
}

/** Puts a new one at the end of the list. @throws Problem NAME_TAKEN */
export function addLabel(db: Db, person: Person, { name, color }: NewLabel): Promise<Label> {
  return db.transaction().execute(async (trx) => {
    const all = await lockLabels(trx);
    const made = { id: newId<LabelId>(), name, color, position: all.length, retired: false };
    mustBeFree(all, made);
    const { retired: _retired, ...row } = made;
    await trx.insertInto('label').values(row).execute();
    const subject = { type: 'label', id: made.id };
    const after = { name, color };
    await recordAudit(trx, { agent: person.agent, action: 'label.added', subject, after });
    return made;
  });
}

/** Changes what is given; sessions that have it keep it. @throws Problem NOT_FOUND, NAME_TAKEN */
export function changeLabel(
  db: Db,
  person: Person,
  { id, position, ...change }: LabelChange & { id: LabelId },
): Promise<Label> {
  return db.transaction().execute(async (trx) => {
    const all = await lockLabels(trx);
    const before = all.find((one) => one.id === id);
    if (before === undefined) throw new Problem('NOT_FOUND');
    const { name = before.name, color = before.color, retired = before.retired } = change;
    mustBeFree(all, { ...before, name, retired });
    await sql`
      update label set name = ${name}, color = ${color},
        retired_at = case when ${retired}::boolean then coalesce(retired_at, now()) end
      where id = ${id}
    `.execute(trx);
    if (position !== undefined) {
      const others = all.filter((one) => one.id !== id).map((one) => one.id);
      await writeOrder(trx, others.toSpliced(position, 0, id));
    }
    const after = (await listLabels(trx)).find((one) => one.id === id) ?? before;
    await auditLabels(trx, person, { id, before, after });
    return after;
  });
}

/** Puts labels first, in this order, and the others after them. @throws Problem INVALID for one that is not there */
export function orderLabels(db: Db, person: Person, first: readonly LabelId[]): Promise<Label[]> {
  return db.transaction().execute(async (trx) => {
    const all = (await lockLabels(trx)).map(({ id }) => id);
    const unknown = first.findIndex((id) => !all.includes(id));
    if (unknown >= 0) throw noSuchLabel(unknown);
    const ordered = [...first, ...all.filter((id) => !first.includes(id))];
    await writeOrder(trx, ordered);
    await auditLabels(trx, person, {
      id: null,
      before: { order: all },
      after: { order: ordered },
    });
    return listLabels(trx);
  });
}

export function noSuchLabel(index: number): Problem {
  return new Problem('INVALID', { field: `labels.${index}`, message: 'There is no such label.' });
}

/** One change of the list after the other, so that names and places are those that were looked at. */
async function lockLabels(trx: Trx): Promise<Label[]> {
  await sql`select pg_advisory_xact_lock(hashtext('labels'))`.execute(trx);
  return listLabels(trx);
}

/** Of two retired ones nobody chooses: they may have one name. */
function mustBeFree(all: readonly Label[], { id, name, retired }: Label): void {
  const isSame = (other: Label) =>
    !other.retired && other.id !== id && other.name.toLowerCase() === name.toLowerCase();
  if (!retired && all.some(isSame)) throw new Problem('NAME_TAKEN', { field: 'name' });
}

async function writeOrder(trx: Trx, ids: readonly LabelId[]): Promise<void> {
  await sql`
    update label set position = ordered.nr - 1
    from unnest(${[...ids]}::text[]) with ordinality as ordered(id, nr)
    where label.id = ordered.id and label.position <> ordered.nr - 1
  `.execute(trx);
}

async function auditLabels<Known extends object>(
  trx: Trx,
  person: Person,
  { id, before, after }: { id: LabelId | null; before: Known; after: Known },
): Promise<void> {
  const changed = changedFields(before, after);
  if (changed === null) return;
  const subject = { type: 'label', id };
  const action = id === null ? 'labels.ordered' : 'label.changed';
  await recordAudit(trx, { agent: person.agent, action, subject, ...changed });
}
