/** Labels on a session: a plain transaction, so that they work on Done sessions and with Temporal down (R36). */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { Label } from '#contracts/label.ts';
import type { LabelId, SessionId } from '#domain/ids.ts';
import { recordChanges } from './changes.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';
import { listLabels, noSuchLabel } from './labels.ts';
import { doneBefore, type Once } from './once.ts';
import type { Person } from './people.ts';
import { mustView } from './session-detail.ts';
import type { Audience } from './stored.ts';
import { mustAct } from './visibility.ts';

/**
 * Makes these the labels of a session, and writes down who added and removed which (R22). One that is retired may stay
 * but not be added. @returns what it has now, in the order of the list
 * @throws Problem NOT_FOUND, FORBIDDEN, INVALID with the place of a label that cannot be given
 */
export function setLabels(
  db: Db,
  person: Person,
  { sessionId, labels }: { sessionId: SessionId; labels: readonly LabelId[] },
): Promise<Label[]> {
  return db.transaction().execute(async (trx) => {
    const audience = await mustLabel(trx, person, sessionId);
    return relabel(trx, person, { sessionId, audience, choose: () => labels });
  });
}

export type LabelChange = {
  sessionId: SessionId;
  add: readonly LabelId[];
  remove: readonly LabelId[];
  once: Once;
};

/**
 * The same with some more and some less than it has (R39), once for a key; what is to be added and removed is removed.
 * @throws Problem also IDEMPOTENCY_MISMATCH
 */
export async function changeLabels(
  db: Db,
  person: Person,
  { sessionId, add, remove, once }: LabelChange,
): Promise<void> {
  const choose = (had: ReadonlySet<LabelId>) =>
    [...new Set([...add, ...had])].filter((id) => !remove.includes(id));
  await db.transaction().execute(async (trx) => {
    const audience = await mustLabel(trx, person, sessionId);
    if (await doneBefore(trx, person, { ...once, sessionId, type: 'label' })) return;
    await relabel(trx, person, { sessionId, audience, choose });
  });
}

async function mustLabel(trx: Trx, person: Person, sessionId: SessionId): Promise<Audience> {
  const audience = await mustView(trx, person, sessionId);
  mustAct(person, audience);
  return audience;
}

type Labelling = {
  sessionId: SessionId;
  audience: Audience;
  choose: (had: ReadonlySet<LabelId>) => readonly LabelId[];
};

async function relabel(
  trx: Trx,
  person: Person,
  { sessionId, audience, choose }: Labelling,
): Promise<Label[]> {
  const had = await lockLabelsOf(trx, sessionId);
  const labels = choose(had);
  const all = await listLabels(trx);
  mustBeGivable(labels, had, all);
  const has = all.filter(({ id }) => labels.includes(id));
  const added = has.filter(({ id }) => !had.has(id));
  const removed = all.filter(({ id }) => had.has(id) && !labels.includes(id));
  if (added.length + removed.length === 0) return has;
  await write(trx, sessionId, { added, removed });
  await remember(trx, { person, sessionId }, { added, removed });
  const about = { subjectId: null, agentId: null, before: audience, after: audience };
  await recordChanges(trx, [{ topic: 'session', sessionId, ...about }]);
  return has;
}

type Difference = { added: readonly Label[]; removed: readonly Label[] };

/** Of two who label a session at once, the second sees what the first has done. */
async function lockLabelsOf(trx: Trx, sessionId: SessionId): Promise<Set<LabelId>> {
  await trx
    .selectFrom('session')
    .select('id')
    .where('id', '=', sessionId)
    .forNoKeyUpdate()
    .execute();
  const rows = await trx
    .selectFrom('session_label')
    .select('label_id')
    .where('session_id', '=', sessionId)
    .execute();
  return new Set(rows.map((row) => row.label_id));
}

function mustBeGivable(
  labels: readonly LabelId[],
  had: ReadonlySet<LabelId>,
  all: readonly Label[],
): void {
  for (const [index, id] of labels.entries()) {
    const found = all.find((one) => one.id === id);
    if (found === undefined) throw noSuchLabel(index);
    if (found.retired && !had.has(id))
      throw new Problem('INVALID', {
        field: `labels.${index}`,
        message: 'This label is retired: it is not given any more.',
      });
  }
}

async function write(trx: Trx, sessionId: SessionId, { added, removed }: Difference) {
  await sql`
    insert into session_label (session_id, label_id) select ${sessionId}, unnest(${idsOf(added)}::text[])
  `.execute(trx);
  await trx
    .deleteFrom('session_label')
    .where('session_id', '=', sessionId)
    .where('label_id', '=', sql<LabelId>`any(${idsOf(removed)}::text[])`)
    .execute();
}

/** With its name as it is now: a label may be renamed. */
async function remember(
  trx: Trx,
  { person, sessionId }: { person: Person; sessionId: SessionId },
  { added, removed }: Difference,
): Promise<void> {
  const events = [
    ...added.map((label) => ({ type: 'label_added' as const, label })),
    ...removed.map((label) => ({ type: 'label_removed' as const, label })),
  ];
  await trx
    .insertInto('side_event')
    .values(
      events.map(({ type, label }) => ({
        id: newId<string>(),
        session_id: sessionId,
        agent_id: person.agent,
        type,
        detail: JSON.stringify({ label: label.id, name: label.name }),
      })),
    )
    .execute();
}

function idsOf(labels: readonly Label[]): LabelId[] {
  return labels.map(({ id }) => id);
}
