import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { Problem } from '#contracts/errors.ts';
import type { ChannelId, CommandId, MessageId, SessionId, SessionKind } from '#domain/ids.ts';
import { mayWrite } from '#domain/messaging-window.ts';
import type { Need } from '#domain/permission.ts';
import type { Fact } from '#domain/session/entry.ts';
import type { Db, Trx } from './database.ts';
import { appendEntries, lockQueues, type QueuePlace } from './journal.ts';
import type { Person } from './people.ts';
import type { Database } from './schema.ts';
import type { Audience } from './stored.ts';
import { nameAgent } from './commands.ts';
import { accessOf, mayAssignTo, mustAct } from './visibility.ts';

/** What an agent asked for; `key` and `body` tell a repeated request from a new one. */
export type Asked = {
  /** The id that it gets if it is new, so that somebody can wait for its outcome beforehand. */
  commandId: CommandId;
  person: Person;
  sessionId: SessionId;
  key: string;
  body: unknown;
  /** Absent = act. */
  needs?: Need;
};
export type Accepted = { commandId: CommandId };

/** The session as it is when the request is accepted, under the lock of its queue row. */
export type Accepting = {
  place: QueuePlace;
  seq: number;
  now: Date;
  channelId: ChannelId;
  platform: Database['channel']['platform'];
  kind: SessionKind;
  windowFrom: Date | null;
  audience: Audience;
};

export type NewCommand = {
  type: string;
  fact: Fact;
  messageId: MessageId | null;
  /** Text that goes with it, kept out of the journal until it is carried out. */
  note?: string | undefined;
};

/**
 * Writes what an agent asked for into the session's journal, once however often it is asked for: the same key with
 * the same body leads to the command that was accepted first.
 * @param write does what else belongs to it and says what goes into the journal
 * @throws Problem IDEMPOTENCY_MISMATCH, TAKEN, NOT_FOUND, FORBIDDEN, and what `write` throws
 */
export async function acceptOnce(
  db: Db,
  asked: Asked,
  write: (trx: Trx, at: Accepting) => Promise<NewCommand>,
): Promise<Accepted> {
  const hash = createHash('sha256')
    .update(JSON.stringify([asked.sessionId, asked.body]))
    .digest();
  return db.transaction().execute(async (trx) => {
    const place = (await lockQueues(trx, [asked.sessionId])).get(asked.sessionId);
    const before = await commandOf(trx, asked);
    if (before !== undefined) return repeated(before, hash);
    if (place === undefined) throw new Problem('NOT_FOUND');
    const at = await readAccepting(trx, place);
    await mustStillAct(trx, asked, at.audience);
    if (asked.needs === 'assign' && !mayAssignTo(asked.person, at.audience))
      throw new Problem('FORBIDDEN');
    const { type, fact, messageId, note } = await write(trx, at);
    await appendEntries(trx, [{ sessionId: asked.sessionId, seq: at.seq, at: at.now, fact }]);
    await insertCommand(trx, { asked, hash, seq: at.seq, type, messageId, note });
    return { commandId: asked.commandId };
  });
}

/** R34: who could act until somebody else was faster is told who was. Anybody else learns nothing. */
async function mustStillAct(
  trx: Trx,
  { person, sessionId }: Asked,
  audience: Audience,
): Promise<void> {
  if (accessOf(person, audience) === 'act') return;
  const isOfTeam = accessOf(person, { ...audience, assignee: null }) === 'act';
  if (isOfTeam && (await couldActBefore(trx, person, sessionId)))
    throw new Problem('TAKEN', { assignee: await nameAgent(trx, audience.assignee) });
  mustAct(person, audience);
}

/** For so long a list may still show as free what somebody has, in seconds: a browser that lost its stream. */
const STALE_LIST_SECONDS = 60;

/** The newest assignment took the session from this person, or from nobody just now. */
async function couldActBefore(trx: Trx, person: Person, sessionId: SessionId): Promise<boolean> {
  const { rows } = await sql<{ could: boolean }>`
    select from_id is not distinct from ${person.agent} or (from_id is null
      and at > clock_timestamp() - ${STALE_LIST_SECONDS} * interval '1 second') as could
    from assignment where session_id = ${sessionId} and agent_id is not null
    order by no desc limit 1
  `.execute(trx);
  return rows[0]?.could ?? false;
}

/** @throws Problem WINDOW_CLOSED when the platform would not let us write now (R26) */
export function mustBeInWindow(at: Accepting): void {
  if (!mayWrite(at.kind, at.windowFrom?.getTime() ?? null, at.now.getTime()))
    throw new Problem('WINDOW_CLOSED');
}

async function readAccepting(trx: Trx, place: QueuePlace): Promise<Accepting> {
  const row = await trx
    .selectFrom('session')
    .innerJoin('channel', 'channel.id', 'session.channel_id')
    .select([
      'session.channel_id',
      'session.assignee_id',
      'session.supporters',
      'session.window_from',
      'session.kind',
      'channel.platform',
      sql<Date>`clock_timestamp()`.as('now'),
    ])
    .where('session.id', '=', place.sessionId)
    .executeTakeFirst();
  if (row === undefined) throw new Problem('NOT_FOUND');
  return {
    place,
    seq: place.lastSeq + 1,
    now: row.now,
    channelId: row.channel_id,
    platform: row.platform,
    kind: row.kind,
    windowFrom: row.window_from,
    audience: {
      channel: row.channel_id,
      assignee: row.assignee_id,
      supporters: row.supporters,
    },
  };
}

type Before = { id: CommandId; body_hash: Buffer };

function commandOf(trx: Trx, { person, key }: Asked): Promise<Before | undefined> {
  return trx
    .selectFrom('command')
    .select(['id', 'body_hash'])
    .where('agent_id', '=', person.agent)
    .where('idempotency_key', '=', key)
    .executeTakeFirst();
}

function repeated(before: Before, hash: Buffer): Accepted {
  if (!before.body_hash.equals(hash)) throw new Problem('IDEMPOTENCY_MISMATCH');
  return { commandId: before.id };
}

async function insertCommand(
  trx: Trx,
  command: Omit<NewCommand, 'fact'> & { asked: Asked; hash: Buffer; seq: number },
): Promise<void> {
  const { asked, hash, seq, type, messageId, note } = command;
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('command')
    .values({
      id: asked.commandId,
      agent_id: asked.person.agent,
      idempotency_key: asked.key,
      body_hash: hash,
      session_id: asked.sessionId,
      seq,
      type,
      message_id: messageId,
      note: note ?? null,
    })
    .onConflict((conflict) => conflict.columns(['agent_id', 'idempotency_key']).doNothing())
    .executeTakeFirst();
  // Requests for one session wait for each other above; this one was for another session at the same moment.
  if (numInsertedOrUpdatedRows !== 1n) throw new Problem('IDEMPOTENCY_MISMATCH');
}
