import { sql } from 'kysely';
import { z } from 'zod';
import type { AuditEntry, AuditQuery } from '#contracts/audit.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import { decodeCursor, exactTime, pageOf, placeId } from './cursor.ts';
import type { Db } from './database.ts';
import { newId } from './ids.ts';
import type { Person } from './people.ts';
import { agentRefOf } from './session-row.ts';

export type Audited = {
  /** Null: the installation itself. */
  agent: AgentId | null;
  /** What was done: `channel.assignment.changed`. */
  action: string;
  subject: { type: string; id: string | null };
  /** What it was and what it is now, as far as it changed; never passwords, tokens or customers' words. */
  before?: unknown;
  after?: unknown;
};

/** Writes down who changed what, in the transaction of the change (R55). */
export async function recordAudit(trx: Db, audited: Audited): Promise<void> {
  const { agent, action, subject, before, after } = audited;
  await trx
    .insertInto('audit_log')
    .values({
      id: newId<string>(),
      agent_id: agent,
      action,
      subject_type: subject.type,
      subject_id: subject.id,
      before: before === undefined ? null : JSON.stringify(before),
      after: after === undefined ? null : JSON.stringify(after),
    })
    .execute();
}

type Found = {
  id: string;
  at: Date;
  exact_at: string;
  by_id: AgentId | null;
  by_name: string | null;
  action: string;
  subject_type: string;
  subject_id: string | null;
  subject_name: string | null;
  before: unknown;
  after: unknown;
};

const place = z.tuple([exactTime, placeId]);

/** What was changed, newest first; of channels and templates, those that the person sees (R23). */
export async function listAudit(
  db: Db,
  person: Person,
  { subject, action, cursor, limit }: AuditQuery,
): Promise<{ entries: AuditEntry[]; cursor: string | null }> {
  const [at, id] = cursor === undefined ? [null, null] : decodeCursor(cursor, place);
  const [about, deed] = [subject ?? null, action ?? null];
  const others = person.channels.filter(({ inTeam }) => !inTeam).map(({ channel }) => channel);
  const { rows } = await sql<Found>`
    select entry.id, entry.at, entry.at::text as exact_at, entry.agent_id as by_id, giver.name as by_name,
      entry.action, entry.subject_type, entry.subject_id, entry.before, entry.after,
      case entry.subject_type
        when 'agent' then (select name from agent where id = entry.subject_id)
        when 'group' then (select name from team_group where id = entry.subject_id)
        when 'channel' then (select name from channel where id = entry.subject_id)
        when 'api_token' then (select name from api_token where id = entry.subject_id)
        when 'label' then (select name from label where id = entry.subject_id)
        when 'tag' then (select name from tag where id = entry.subject_id)
        when 'template' then (select coalesce(title, content) from template where id = entry.subject_id)
      end as subject_name
    from audit_log entry left join agent giver on giver.id = entry.agent_id
    where (${at}::timestamptz is null or (entry.at, entry.id) < (${at}::timestamptz, ${id}::text))
      and (${about}::text is null or entry.subject_type = ${about} or entry.subject_id = ${about})
      and (${deed}::text is null or entry.action = ${deed} or starts_with(entry.action, ${deed} || '.'))
      and not (entry.subject_type = 'channel' and entry.subject_id = any(${others}::text[]))
      and not (entry.subject_type = 'template' and ${isOnlyFor(others)})
    order by entry.at desc, entry.id desc
    limit ${limit + 1}
  `.execute(db);
  const page = pageOf(rows, limit, (last) => [last.exact_at, last.id]);
  return { entries: page.rows.map(toEntry), cursor: page.cursor };
}

/** Whether a template is, or was when it was deleted, for pages among these alone. */
function isOnlyFor(channels: readonly ChannelId[]) {
  return sql<boolean>`coalesce((
    select to_jsonb(template.channel_ids) from template where template.id = entry.subject_id
    union all
    select gone.before->'channels' from audit_log gone
    where gone.action = 'template.deleted' and gone.subject_id = entry.subject_id
  ) <@ ${JSON.stringify(channels)}::jsonb, false)`;
}

function toEntry(row: Found): AuditEntry {
  return {
    id: row.id,
    at: row.at,
    by: agentRefOf(row.by_id, row.by_name),
    action: row.action,
    subject: { type: row.subject_type, id: row.subject_id, name: row.subject_name },
    before: row.before,
    after: row.after,
  };
}
