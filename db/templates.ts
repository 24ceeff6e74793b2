/** Templates: everybody writes and changes them, their authors and admins delete them (R41, R42). */
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type {
  Template,
  TemplateChange,
  TemplateQuery,
  TemplateWords,
} from '#contracts/template.ts';
import { fold } from '#domain/fold.ts';
import type { AgentId, ChannelId, LabelId } from '#domain/ids.ts';
import { recordAudit } from './audit.ts';
import { changedFields } from './changed-fields.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';
import type { Person } from './people.ts';
import type { StoredAttachment } from './stored.ts';
import { visibleChannels } from './visibility.ts';

/** More than anybody looks through; they are filtered by text after they are read. */
const MOST = 1_000;

type Found = {
  id: string;
  version: number;
  title: string | null;
  content: string;
  channels: ChannelId[] | null;
  labels: LabelId[];
  attachments: StoredAttachment[];
  author_id: AgentId;
  author_name: string;
  created_at: Date;
  updated_at: Date;
};

/** The templates that a person may use, by title or text. @throws Problem NOT_FOUND for a page that they do not see */
export async function listTemplates(
  db: Db,
  person: Person,
  { channel, label, q }: TemplateQuery,
): Promise<Template[]> {
  const visible = visibleChannels(person);
  if (channel !== undefined && !visible.includes(channel)) throw new Problem('NOT_FOUND');
  const found = await read(db, channel === undefined ? visible : [channel], {
    id: null,
    label: label ?? null,
  });
  const searched = fold(q ?? '').trim();
  return found
    .filter(({ title, content }) => fold(`${title ?? ''} ${content}`).includes(searched))
    .map((one) => toTemplate(person, one));
}

/** @throws Problem NOT_FOUND */
export async function readTemplate(db: Db, person: Person, id: string): Promise<Template> {
  return toTemplate(person, await readOne(db, person, id));
}

/** @throws Problem INVALID with the field of a page or label that cannot be chosen */
export function addTemplate(db: Db, person: Person, words: TemplateWords): Promise<Template> {
  return db.transaction().execute(async (trx) => {
    mustSee(person, words.channels, []);
    await mustKnowLabels(trx, words.labels, []);
    const id = newId<string>();
    await trx
      .insertInto('template')
      .values({ id, author_id: person.agent, ...columnsOf(words) })
      .execute();
    await recordAudit(trx, { ...audited(person, 'added', id), after: wordsOf(words) });
    return readTemplate(trx, person, id);
  });
}

/** @throws Problem NOT_FOUND, STALE_SETTINGS, INVALID */
export function changeTemplate(
  db: Db,
  person: Person,
  { id, version, ...words }: TemplateChange & { id: string },
): Promise<Template> {
  return db.transaction().execute(async (trx) => {
    const before = await lock(trx, person, id);
    if (before.version !== version) throw new Problem('STALE_SETTINGS', { field: 'version' });
    mustSee(person, words.channels, before.channels ?? []);
    await mustKnowLabels(trx, words.labels, before.labels);
    // Pages that this person does not see are not theirs to take away.
    const visible = visibleChannels(person);
    const unseen = before.channels?.filter((channel) => !visible.includes(channel)) ?? [];
    const channels = words.channels === null ? null : [...new Set([...words.channels, ...unseen])];
    const after = { ...words, channels };
    await trx
      .updateTable('template')
      .set({ ...columnsOf(after), version: version + 1, updated_at: new Date() })
      .where('id', '=', id)
      .execute();
    const changed = changedFields(wordsOf(before), wordsOf(after));
    if (changed !== null) await recordAudit(trx, { ...audited(person, 'changed', id), ...changed });
    return readTemplate(trx, person, id);
  });
}

/** @throws Problem NOT_FOUND, NOT_YOURS */
export async function deleteTemplate(db: Db, person: Person, id: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const before = await lock(trx, person, id);
    if (!mayDelete(person, before)) throw new Problem('NOT_YOURS');
    await trx.deleteFrom('template').where('id', '=', id).execute();
    await recordAudit(trx, { ...audited(person, 'deleted', id), before: wordsOf(before) });
  });
}

async function read(
  db: Db,
  channels: readonly ChannelId[],
  { id, label }: { id: string | null; label: LabelId | null },
): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select template.id, template.version, template.title, template.content, template.channel_ids as channels,
      template.label_ids as labels, template.attachments, template.author_id, agent.name as author_name,
      template.created_at, template.updated_at
    from template join agent on agent.id = template.author_id
    where (template.channel_ids is null or template.channel_ids && ${[...channels]}::text[])
      and (${id}::text is null or template.id = ${id})
      and (${label}::text is null or ${label} = any(template.label_ids))
    order by lower(coalesce(template.title, template.content)), template.id
    limit ${MOST}
  `.execute(db);
  return rows;
}

async function readOne(db: Db, person: Person, id: string): Promise<Found> {
  const [found] = await read(db, visibleChannels(person), { id, label: null });
  if (found === undefined) throw new Problem('NOT_FOUND');
  return found;
}

async function lock(trx: Trx, person: Person, id: string): Promise<Found> {
  await trx.selectFrom('template').select('id').where('id', '=', id).forUpdate().execute();
  return readOne(trx, person, id);
}

function mayDelete(person: Person, { author_id }: Found): boolean {
  return person.role !== 'staff' || author_id === person.agent;
}

/** Whoever writes chooses among the pages that they see; those that it is for already may stay. */
function mustSee(
  person: Person,
  channels: readonly ChannelId[] | null,
  had: readonly ChannelId[],
): void {
  const known = [...visibleChannels(person), ...had];
  const unknown = channels?.findIndex((id) => !known.includes(id)) ?? -1;
  if (unknown >= 0)
    throw new Problem('INVALID', {
      field: `channels.${unknown}`,
      message: 'There is no such page, or you may not see it.',
    });
}

async function mustKnowLabels(
  trx: Trx,
  labels: readonly LabelId[],
  had: readonly LabelId[],
): Promise<void> {
  const rows = await trx
    .selectFrom('label')
    .select('id')
    .where('id', '=', sql<LabelId>`any(${[...labels]}::text[])`)
    .where('retired_at', 'is', null)
    .execute();
  const known = [...rows.map(({ id }) => id), ...had];
  const unknown = labels.findIndex((id) => !known.includes(id));
  if (unknown >= 0)
    throw new Problem('INVALID', {
      field: `labels.${unknown}`,
      message: 'There is no such label, or it is retired.',
    });
}

function columnsOf({ title, content, channels, labels, attachments }: TemplateWords) {
  return {
    title,
    content,
    channel_ids: channels,
    label_ids: labels,
    attachments: JSON.stringify(attachments),
  };
}

function audited({ agent }: Person, what: string, id: string) {
  return { agent, action: `template.${what}`, subject: { type: 'template', id } };
}

type Words = Pick<Found, 'title' | 'content' | 'channels' | 'labels'> & { attachments: object[] };

function wordsOf({ title, content, channels, labels, attachments }: Words) {
  return { title, content, channels, labels, attachments };
}

function toTemplate(person: Person, found: Found): Template {
  const { author_id, author_name, created_at, updated_at, ...words } = found;
  const visible = visibleChannels(person);
  return {
    ...words,
    channels: found.channels?.filter((id) => visible.includes(id)) ?? null,
    author: { id: author_id, name: author_name },
    mayDelete: mayDelete(person, found),
    createdAt: created_at,
    updatedAt: updated_at,
  };
}
