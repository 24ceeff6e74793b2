/** Who is named in an internal note (R38). */
import type { AgentId, MessageId, SessionId } from '#domain/ids.ts';
import { recordChanges } from './changes.ts';
import type { Trx } from './database.ts';
import { newId } from './ids.ts';
import type { Person } from './people.ts';
import type { Audience } from './stored.ts';

/**
 * Keeps who is mentioned and tells them, but not who wrote it. Who may not see the session is told once they may: a
 * mention gives no rights (R23).
 */
export async function mention(
  trx: Trx,
  { agent: writer }: Person,
  note: { sessionId: SessionId; id: MessageId; audience: Audience; mentions: readonly AgentId[] },
): Promise<void> {
  const { sessionId, id, audience, mentions } = note;
  if (mentions.length === 0) return;
  const named = mentions.map((agent) => ({ message_id: id, agent_id: agent }));
  await trx.insertInto('mention').values(named).execute();
  const told = mentions
    .filter((agent) => agent !== writer)
    .map((agent) => ({
      id: newId<string>(),
      agent_id: agent,
      session_id: sessionId,
      type: 'mentioned',
      popup: false,
      message_id: id,
    }));
  if (told.length === 0) return;
  await trx.insertInto('notification').values(told).execute();
  await recordChanges(
    trx,
    told.map(({ id: subjectId, agent_id: agentId }) => ({
      topic: 'notification' as const,
      sessionId,
      subjectId,
      agentId,
      before: audience,
      after: audience,
    })),
  );
}
