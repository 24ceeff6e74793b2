/** Internal notes: in the thread at their place, never sent, neither unread nor an answer. */
import { sql } from 'kysely';
import type { AgentId, MessageId, SessionId } from '#domain/ids.ts';
import { Problem } from '#contracts/errors.ts';
import { recordChanges } from './changes.ts';
import type { Db, Trx } from './database.ts';
import { newId } from './ids.ts';
import { databaseNow } from './journal.ts';
import { mention } from './mentions.ts';
import { doneBefore } from './once.ts';
import type { Person } from './people.ts';
import { mustBeOfTeam } from './rights.ts';
import { mustView } from './session-detail.ts';
import type { Audience } from './stored.ts';
import { mustAct } from './visibility.ts';

type NewNote = {
  id: MessageId;
  sessionId: SessionId;
  seq: number;
  agent: AgentId;
  text: string;
  at: Date;
};

/** What an agent writes for the team. With a key a note that is sent again is the one that was written first. */
export type AskedNote = {
  sessionId: SessionId;
  text: string;
  mentions: readonly AgentId[];
  key?: string | undefined;
};

/**
 * Writes a note behind what stands in the session by now, and tells who is mentioned in it. It is no fact for the
 * session's workflow: it works with Temporal down, and reopens nothing.
 * @throws Problem NOT_FOUND, FORBIDDEN, NOT_IN_TEAM with the place of who is not, IDEMPOTENCY_MISMATCH
 */
export function addNote(db: Db, person: Person, asked: AskedNote): Promise<MessageId> {
  const { sessionId, text } = asked;
  return db.transaction().execute(async (trx) => {
    const audience = await mustView(trx, person, sessionId);
    mustAct(person, audience);
    const id = newId<MessageId>();
    const before = await writtenBefore(trx, person, { ...asked, id });
    if (before !== null) return before;
    const mentions = [...new Set(asked.mentions)];
    await mustBeOfTeam(trx, audience.channel, mentions, (place) => `mentions.${String(place)}`);
    const note = { sessionId, seq: await lastSeq(trx, sessionId), agent: person.agent, text };
    await insertNote(trx, audience, { ...note, id, at: await databaseNow(trx) });
    await rememberNote(trx, { sessionId, id, agent: person.agent });
    await mention(trx, person, { sessionId, id, audience, mentions });
    return id;
  });
}

async function lastSeq(trx: Trx, sessionId: SessionId): Promise<number> {
  const queue = await trx
    .selectFrom('session_queue')
    .select('last_seq')
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
  if (queue === undefined) throw new Problem('NOT_FOUND');
  return queue.last_seq;
}

/** @returns the note that was written with this key; null = it is to be written now */
async function writtenBefore(
  trx: Trx,
  person: Person,
  { sessionId, text, mentions, key, id }: AskedNote & { id: MessageId },
): Promise<MessageId | null> {
  if (key === undefined) return null;
  const note = { key, body: [text, mentions], sessionId, type: 'note' as const, messageId: id };
  return (await doneBefore(trx, person, note))?.messageId ?? null;
}

/** For the session's history (R22). */
async function rememberNote(
  trx: Trx,
  { sessionId, id, agent }: Pick<NewNote, 'sessionId' | 'id' | 'agent'>,
): Promise<void> {
  await trx
    .insertInto('side_event')
    .values({
      id: newId<string>(),
      session_id: sessionId,
      agent_id: agent,
      type: 'note',
      detail: JSON.stringify({ message: id }),
    })
    .execute();
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
    .select(['channel_id', 'assignee_id', 'supporters'])
    .where('id', '=', sessionId)
    .executeTakeFirst();
  if (session === undefined) return;
  const { channel_id: channel, assignee_id: assignee, supporters } = session;
  const id = newId<MessageId>();
  const note = { id, sessionId, seq, agent, text, at };
  await insertNote(trx, { channel, assignee, supporters }, note);
  // A turn ends with the entry that asks who gets the session: this command's, if it put anybody in charge.
  const { numAffectedRows } = await sql`
    update assignment set note_id = ${id}
    from session
    join session_event event on event.session_id = session.id and event.version = session.version
    where session.id = ${sessionId} and session.applied_seq = ${seq} and event.type = 'Assigned'
      and event.event->>'how' = 'manual' and event.event->>'by' = ${agent}
      and assignment.session_id = session.id and assignment.no = (event.event->>'no')::int
  `.execute(trx);
  // The history shows it with the assignment; who was in charge already has none of it.
  if (numAffectedRows === 0n) await rememberNote(trx, { sessionId, id, agent });
}

async function insertNote(trx: Trx, audience: Audience, note: NewNote): Promise<void> {
  const { id, sessionId, seq, agent, text, at } = note;
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
}
