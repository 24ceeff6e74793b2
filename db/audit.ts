import type { AgentId } from '#domain/ids.ts';
import type { Db } from './database.ts';
import { newId } from './ids.ts';

export type Audited = {
  /** Null: the installation itself. */
  agent: AgentId | null;
  /** What was done: `channel.assignment.changed`. */
  action: string;
  subject: { type: string; id: string | null };
  /** What it was and what it is now, as far as it changed; never passwords, tokens or customers' words. */
  before?: unknown;
  after?: unknown;
};

/** Writes down who changed what, in the transaction of the change (R55). */
export async function recordAudit(trx: Db, audited: Audited): Promise<void> {
  const { agent, action, subject, before, after } = audited;
  await trx
    .insertInto('audit_log')
    .values({
      id: newId<string>(),
      agent_id: agent,
      action,
      subject_type: subject.type,
      subject_id: subject.id,
      before: before === undefined ? null : JSON.stringify(before),
      after: after === undefined ? null : JSON.stringify(after),
    })
    .execute();
}
