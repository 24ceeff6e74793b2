import type { AgentId, SessionId } from '#domain/ids.ts';
import type { Trx } from './database.ts';
import type { Database } from './schema.ts';
import type { Audience } from './stored.ts';

export type NewChange = {
  topic: Database['change']['topic'];
  sessionId: SessionId;
  /** The message, command or notification that it is about; null for the session itself. */
  subjectId: string | null;
  /** Who alone is concerned; null = everyone who may see the session. */
  agentId: AgentId | null;
  before: Audience;
  after: Audience;
};

/** Records what browsers are to hear of, in the transaction that changes it. */
export async function recordChanges(trx: Trx, changes: readonly NewChange[]): Promise<void> {
  if (changes.length === 0) return;
  await trx
    .insertInto('change')
    .values(
      changes.map((change) => ({
        topic: change.topic,
        session_id: change.sessionId,
        subject_id: change.subjectId,
        agent_id: change.agentId,
        before: JSON.stringify(change.before),
        after: JSON.stringify(change.after),
      })),
    )
    .execute();
}
