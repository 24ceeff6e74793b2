import { sql } from 'kysely';
import type { AgentRef } from '#contracts/agent.ts';
import type { CommandId, MessageId } from '#domain/ids.ts';
import type { RefusalCode } from '#domain/refusal.ts';
import type { Db } from './database.ts';
import type { MessageState } from './stored.ts';

/** What has become of a command or reply so far. */
export type CommandOutcome = {
  id: CommandId;
  seq: number;
  message: { id: MessageId; state: MessageState } | null;
} & (
  | { state: 'pending' | 'done' }
  /** `assignee` is undefined where the refusal is not about who is in charge. */
  | { state: 'refused'; code: RefusalCode; assignee: AgentRef | null | undefined }
);

type Found = {
  id: CommandId;
  seq: number;
  state: CommandOutcome['state'];
  code: RefusalCode | null;
  detail: { assignee: AgentRef | null } | null;
  message_id: MessageId | null;
  message_state: MessageState | null;
};

/** The commands with these ids, by id. */
export async function readOutcomes(
  db: Db,
  ids: readonly CommandId[],
): Promise<Map<CommandId, CommandOutcome>> {
  const { rows } = await sql<Found>`
    select command.id, command.seq, command.state, command.code, command.detail,
      command.message_id, message.state as message_state
    from command left join message on message.id = command.message_id
    where command.id = any(${ids}::text[])
  `.execute(db);
  return new Map(rows.map((row) => [row.id, toOutcome(row)]));
}

function toOutcome(row: Found): CommandOutcome {
  const { id, seq, state, code, detail, message_id, message_state } = row;
  const message =
    message_id === null || message_state === null ? null : { id: message_id, state: message_state };
  if (state !== 'refused') return { id, seq, message, state };
  if (code === null) throw new Error(`Command ${id} was refused without a code`);
  return { id, seq, message, state, code, assignee: detail?.assignee };
}
