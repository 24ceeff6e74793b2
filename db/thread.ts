import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { AgentRef } from '#contracts/agent.ts';
import { Problem } from '#contracts/errors.ts';
import { failureWords, type Message, type MessageQuery } from '#contracts/message.ts';
import type { AgentId, MessageId, SessionId, SessionKind } from '#domain/ids.ts';
import { MINUTE } from '#domain/instant.ts';
import { decodeCursor, pageOf, placeId } from './cursor.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import type { StoredAttachment } from './stored.ts';
import { agentRefOf } from './session-row.ts';
import { visibleTo } from './visibility.ts';

/** From this much on the thread says when a message arrived beside when it was written. */
const LATE_AFTER_MS = 2 * MINUTE;

type FoundMessage = {
  id: MessageId;
  seq: number;
  direction: Message['direction'];
  author: Message['author'];
  agent_id: AgentId | null;
  agent_name: string | null;
  text: string | null;
  mentions: AgentRef[];
  attachments: StoredAttachment[];
  occurred_at: string;
  received_at: string;
  state: Message['state'];
  failure: string | null;
  edit_no: number;
  removed_at: string | null;
  kind: SessionKind;
  mid: string | null;
  parent: string | null;
};

/** Only notes name anybody: nothing is looked up for the others. */
const mentioned = sql<AgentRef[]>`case when message.direction <> 'note' then '[]' else (
  select coalesce(json_agg(json_build_object('id', named.id, 'name', named.name) order by named.name, named.id), '[]')
  from mention join agent named on named.id = mention.agent_id where mention.message_id = message.id) end`;

const place = z.tuple([z.int(), placeId]);

/** A page of a session's messages, the newest page first, each page oldest first. @throws Problem NOT_FOUND */
export async function readThread(
  db: Db,
  person: Person,
  query: MessageQuery & { session: SessionId },
): Promise<{ messages: Message[]; cursor: string | null; seenSeq: number }> {
  const { limit, cursor } = query;
  const { rows: found } = await sql<{ rows: FoundMessage[] }>`
    select coalesce((select json_agg(found) from (
      select message.id, message.seq, message.direction, message.author, message.agent_id,
        agent.name as agent_name, message.text, message.attachments, message.occurred_at,
        message.received_at, message.state, message.failure, message.edit_no, message.removed_at,
        session.kind, message.mid, message.parent, ${mentioned} as mentions
      from message left join agent on agent.id = message.agent_id
      where message.session_id = session.id and ${cursor === undefined ? sql`true` : before(cursor)}
      order by message.seq desc, message.id desc
      limit ${limit + 1}) found), '[]') as rows
    from session where session.id = ${query.session} and ${visibleTo(person)}
  `.execute(db);
  const [seen] = found;
  if (seen === undefined) throw new Problem('NOT_FOUND');
  const { rows } = seen;
  const page = pageOf(rows, limit, (last) => [last.seq, last.id]);
  return {
    messages: page.rows.toReversed().map(toMessage),
    cursor: page.cursor,
    seenSeq: rows[0]?.seq ?? 0,
  };
}

/** What was written before the page before. */
function before(cursor: string): RawBuilder<boolean> {
  const [seq, id] = decodeCursor(cursor, place);
  return sql`(message.seq, message.id) < (${seq}::bigint, ${id}::text)`;
}

function toMessage(row: FoundMessage): Message {
  const [occurredAt, receivedAt] = [new Date(row.occurred_at), new Date(row.received_at)];
  const removed = row.removed_at !== null;
  return {
    id: row.id,
    seq: row.seq,
    direction: row.direction,
    author: row.author,
    agent: agentRefOf(row.agent_id, row.agent_name),
    text: removed ? null : row.text,
    mentions: removed ? [] : row.mentions,
    attachments: removed ? [] : row.attachments,
    occurredAt,
    receivedAt,
    arrivedLate: receivedAt.getTime() - occurredAt.getTime() > LATE_AFTER_MS,
    state: row.state,
    failure:
      row.failure === null ? null : { code: row.failure, message: failureWords(row.failure) },
    edited: row.edit_no > 0,
    removed,
    commentId: row.kind === 'comment' ? row.mid : null,
    parent: row.parent,
  };
}
