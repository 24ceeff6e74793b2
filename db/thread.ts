import { sql } from 'kysely';
import { z } from 'zod';
import type { AgentRef } from '#contracts/agent.ts';
import { failureWords, type Message, type MessageQuery } from '#contracts/message.ts';
import type { AgentId, MessageId, SessionId, SessionKind } from '#domain/ids.ts';
import { MINUTE } from '#domain/instant.ts';
import { decodeCursor, pageOf, placeId } from './cursor.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import type { StoredAttachment } from './stored.ts';
import { mustView } from './session-detail.ts';
import { agentRefOf } from './session-row.ts';

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
  occurred_at: Date;
  received_at: Date;
  state: Message['state'];
  failure: string | null;
  edit_no: number;
  removed_at: Date | null;
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
  await mustView(db, person, query.session);
  const [seq, id] = query.cursor === undefined ? [null, null] : decodeCursor(query.cursor, place);
  const { rows } = await sql<FoundMessage>`
    select message.id, message.seq, message.direction, message.author, message.agent_id,
      agent.name as agent_name, message.text, message.attachments, message.occurred_at,
      message.received_at, message.state, message.failure, message.edit_no, message.removed_at,
      session.kind, message.mid, message.parent, ${mentioned} as mentions
    from message join session on session.id = message.session_id
      left join agent on agent.id = message.agent_id
    where message.session_id = ${query.session}
      and (${seq}::bigint is null or (message.seq, message.id) < (${seq}, ${id}))
    order by message.seq desc, message.id desc
    limit ${query.limit + 1}
  `.execute(db);
  const page = pageOf(rows, query.limit, (last) => [last.seq, last.id]);
  return {
    messages: page.rows.toReversed().map(toMessage),
    cursor: page.cursor,
    seenSeq: rows[0]?.seq ?? 0,
  };
}

function toMessage(row: FoundMessage): Message {
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
    occurredAt: row.occurred_at,
    receivedAt: row.received_at,
    arrivedLate: row.received_at.getTime() - row.occurred_at.getTime() > LATE_AFTER_MS,
    state: row.state,
    failure:
      row.failure === null ? null : { code: row.failure, message: failureWords(row.failure) },
    edited: row.edit_no > 0,
    removed,
    commentId: row.kind === 'comment' ? row.mid : null,
    parent: row.parent,
  };
}
