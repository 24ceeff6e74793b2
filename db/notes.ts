/** Internal notes: in the thread at their place, never sent, neither unread nor an answer. */
import { sql } from 'kysely';
import type { AgentId, ChannelId, MessageId, SessionId } from '#domain/ids.ts';
import { Problem } from '#contracts/errors.ts';
import { recordChanges } from './changes.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';
import { databaseNow } from './journal.ts';
import type { Person } from './people.ts';
import { mustView } from './session-detail.ts';
import type { Audience } from './stored.ts';
import { mustAct } from './visibility.ts';

type NewNote = { sessionId: SessionId; seq: number; agent: AgentId; text: string; at: Date };

/**
 * Writes a note behind what stands in the session by now. It is no fact for the session's workflow: it works with
 * Temporal down, and reopens nothing. @throws Problem NOT_FOUND, FORBIDDEN
 */
export function addNote(
  db: Db,
  person: Person,
  { sessionId, text }: { sessionId: SessionId; text: string },
): Promise<MessageId> {
  return db.transaction().execute(async (trx) => {
    const audience = await mustView(trx, person, sessionId);
    mustAct(person, audience);
    const queue = await trx
      .selectFrom('session_queue')
      .select('last_seq')
      .where('session_id', '=', sessionId)
      .executeTakeFirst();
    if (queue === undefined) throw new Problem('NOT_FOUND');
    const at = await databaseNow(trx);
    const note = { sessionId, seq: queue.last_seq, agent: person.agent, text, at };
    return insertNote(trx, audience, note);
  });
}

export type CarriedOut = {
  agent: AgentId;
  seq: number;
  note: string;
  askedAt: Date;
};

/** Writes down the note of an assignment by hand, in the turn that carries it out (R34). */
export async function keepNote(trx: Trx, sessionId: SessionId, command: CarriedOut): Promise<void> {
  const { agent, seq, note: text, askedAt: at } = command;
  const session = await trx
    .selectFrom('session')
    .select(['channel_id', 'assignee_id'])
    .where('id', '=', sessionId)
    .executeTakeFirst();
  if (session === undefined) return;
  const audience = audienceOf(session.channel_id, session.assignee_id);
  const id = await insertNote(trx, audience, { sessionId, seq, agent, text, at });
  // A turn ends with the entry that asks who gets the session: this command's, if it put anybody in charge.
  await sql`
    update assignment set note_id = ${id}
    from session
    join session_event event on event.session_id = session.id and event.version = session.version
    where session.id = ${sessionId} and session.applied_seq = ${seq} and event.type = 'Assigned'
      and event.event->>'how' = 'manual' and event.event->>'by' = ${agent}
      and assignment.session_id = session.id and assignment.no = (event.event->>'no')::int
  `.execute(trx);
}

async function insertNote(trx: Trx, audience: Audience, note: NewNote): Promise<MessageId> {
  const id = newId<MessageId>();
  const { sessionId, seq, agent, text, at } = note;
  await trx
    .insertInto('message')
    .values({
      id,
      session_id: sessionId,
      channel_id: audience.channel,
      seq,
      direction: 'note',
      author: 'agent',
      agent_id: agent,
      text,
      occurred_at: at,
      received_at: at,
      state: 'received',
    })
    .execute();
  await recordChanges(trx, [
    {
      topic: 'message',
      sessionId,
      subjectId: id,
      agentId: null,
      before: audience,
      after: audience,
    },
  ]);
  return id;
}

function audienceOf(channel: ChannelId, assignee: AgentId | null): Audience {
  return { channel, assignee, supporters: [] };
}
