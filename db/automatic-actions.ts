import { sql } from 'kysely';
import type { AutomaticActionView } from '#contracts/automation.ts';
import type { AutomaticTrace } from '#domain/automation.ts';
import type { SessionId } from '#domain/ids.ts';
import type { Db } from './database.ts';
import type { Person } from './people.ts';
import { mustView } from './session-detail.ts';

/** Older ones are of no interest to who works on the session. */
const MOST = 200;

type Found = Omit<AutomaticActionView, 'why'> & { trace: AutomaticTrace };

/** What the rules did by themselves in a session, newest first. @throws Problem NOT_FOUND */
export async function listAutomaticActions(
  db: Db,
  person: Person,
  sessionId: SessionId,
): Promise<AutomaticActionView[]> {
  await mustView(db, person, sessionId);
  const { rows } = await sql<Found>`
    select action.id, action.message_id as "messageId", action.type, action.text, action.state, action.failure,
      action.trace, action.created_at as "createdAt", action.ended_at as "endedAt"
    from automatic_action action join message on message.id = action.message_id
    where action.session_id = ${sessionId}
    order by message.seq desc, message.id desc, action.position
    limit ${MOST}
  `.execute(db);
  return rows.map(({ trace, ...action }) => ({
    ...action,
    why: { reason: trace.why, rules: trace.rules },
  }));
}
