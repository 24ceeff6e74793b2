/** Who has read up to where (R18). */
import { sql } from 'kysely';
import type { SessionId } from '#domain/ids.ts';
import { recordChanges } from './changes.ts';
import type { Db, Trx } from './database.ts';
import { doneBefore, type Once } from './once.ts';
import type { Person } from './people.ts';
import { mustView } from './session-detail.ts';
import type { Audience } from './stored.ts';
import { hasUnread } from './unread.ts';

/** Which mark is moved; with a key only the first time that it is asked for. */
type Marked = { sessionId: SessionId; once?: Once };

/**
 * Raises a person's mark to what they have seen; it never falls.
 * @throws Problem NOT_FOUND, IDEMPOTENCY_MISMATCH
 */
export async function markRead(
  db: Db,
  person: Person,
  { seq, ...marked }: Marked & { seq: number },
): Promise<void> {
  const { agent } = person;
  await moveMark(db, person, { ...marked, type: 'read' }, (trx) =>
    // Nobody has read what has not come yet.
    sql`
      insert into read_mark (agent_id, session_id, last_read_seq)
      select ${agent}, session_id, least(last_seq, ${seq}::bigint)
      from session_queue where session_id = ${marked.sessionId}
      on conflict (session_id, agent_id) do update
      set last_read_seq = excluded.last_read_seq, unread_over = null
      where read_mark.last_read_seq < excluded.last_read_seq
    `.execute(trx),
  );
}

/**
 * Lowers a person's mark to just before the newest customer's message, whoever may have answered it since. Where
 * something is unread anyway nothing changes. @throws Problem NOT_FOUND, IDEMPOTENCY_MISMATCH
 */
export async function markUnread(db: Db, person: Person, marked: Marked): Promise<void> {
  const { agent } = person;
  await moveMark(db, person, { ...marked, type: 'unread' }, (trx) =>
    sql`
      insert into read_mark (agent_id, session_id, last_read_seq, unread_over)
      select ${agent}, session.id, session.customer_seq - 1, queue.last_seq
      from session join session_queue queue on queue.session_id = session.id
      where session.id = ${marked.sessionId} and session.customer_seq > 0 and not (${hasUnread(agent)})
      on conflict (session_id, agent_id) do update
      set last_read_seq = excluded.last_read_seq, unread_over = excluded.unread_over
    `.execute(trx),
  );
}

type Move = (trx: Trx) => Promise<{ numAffectedRows?: bigint }>;

/** Moves a person's own mark; their other browsers hear of it, and nobody else's. */
async function moveMark(
  db: Db,
  person: Person,
  { sessionId, type, once }: Marked & { type: 'read' | 'unread' },
  move: Move,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const audience = await mustView(trx, person, sessionId);
    if (once && (await doneBefore(trx, person, { ...once, sessionId, type }))) return;
    const { numAffectedRows } = await move(trx);
    if (numAffectedRows === 1n) await recordChanges(trx, [ownChange(person, sessionId, audience)]);
  });
}

function ownChange({ agent }: Person, sessionId: SessionId, audience: Audience) {
  const about = { topic: 'session' as const, sessionId, subjectId: null, agentId: agent };
  return { ...about, before: audience, after: audience };
}
