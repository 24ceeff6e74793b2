import type { AgentId, CommandId, MessageId, SessionId } from '#domain/ids.ts';
import type { Outcome } from '#domain/session/turn.ts';
import type { Trx } from './database.ts';
import { keepNote } from './notes.ts';

export type SettledCommand = { id: CommandId; agent: AgentId; refusedReply: MessageId | null };

/**
 * Writes what became of agents' commands and replies, and the note of one that is carried out. An outcome that
 * stands is never changed.
 */
export async function settleCommands(
  trx: Trx,
  sessionId: SessionId,
  outcomes: readonly Outcome[],
): Promise<SettledCommand[]> {
  const settled: SettledCommand[] = [];
  for (const { commandId, refused } of outcomes) {
    const row = await trx
      .updateTable('command')
      .set({
        state: refused === null ? 'done' : 'refused',
        code: refused?.code ?? null,
        detail:
          refused?.assignee === undefined
            ? null
            : JSON.stringify({ assignee: await nameAgent(trx, refused.assignee) }),
      })
      .where('id', '=', commandId)
      .where('session_id', '=', sessionId)
      .where('state', '=', 'pending')
      .returning(['id', 'agent_id', 'seq', 'type', 'message_id', 'note', 'created_at'])
      .executeTakeFirst();
    if (row === undefined) continue;
    const { id, agent_id: agent, seq, note, created_at: askedAt } = row;
    if (refused === null && note !== null)
      await keepNote(trx, sessionId, { agent, seq, note, askedAt });
    const refusedReply = refused !== null && row.type === 'reply' ? row.message_id : null;
    settled.push({ id, agent, refusedReply });
  }
  return settled;
}

/** Who that is, for a refusal that names them. */
export async function nameAgent(trx: Trx, id: AgentId | null) {
  if (id === null) return null;
  const agent = await trx
    .selectFrom('agent')
    .select(['id', 'name'])
    .where('id', '=', id)
    .executeTakeFirst();
  return agent ?? null;
}
