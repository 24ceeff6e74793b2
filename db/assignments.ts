import { sql } from 'kysely';
import type { AssignmentDecision } from '#domain/assignment.ts';
import type { ChannelId, CustomerId, SessionId, SessionKind } from '#domain/ids.ts';
import type { AssignAsk } from '#domain/session/ask.ts';
import { setOwner } from './customer-owner.ts';
import type { Trx } from './database.ts';

/** What of a session an assignment is written for. */
export type Assignable = {
  id: SessionId;
  channelId: ChannelId;
  kind: SessionKind;
  customerId: CustomerId;
};

/** Stores what was decided with its trace, moves the rotation on and hands the customer over with the session (R11). */
export async function writeAssignment(
  trx: Trx,
  session: Assignable,
  ask: AssignAsk,
  decision: AssignmentDecision,
): Promise<void> {
  const decided = decision.events.find(
    (event) => event.type === 'Assigned' || event.type === 'NotAssigned',
  );
  if (decided === undefined) return;
  const assigned = decided.type === 'Assigned' ? decided : null;
  await trx
    .with('moved', () => moveRotation(session, decision))
    .insertInto('assignment')
    .values({
      session_id: session.id,
      no: decided.no,
      at: new Date(decided.at),
      how: decided.how,
      agent_id: assigned?.agent ?? null,
      from_id: assigned?.from ?? null,
      by_id: ask.by,
      trace: JSON.stringify(decision.trace),
    })
    .execute();
  const { newOwner: owner } = decision;
  if (owner === null) return;
  const assigning = { owner, by: ask.by, session: session.id, assignment: decided.no };
  await setOwner(trx, session.customerId, assigning);
}

/** In the same statement as the assignment: one way to Postgres less. */
function moveRotation({ channelId, kind }: Assignable, { picked }: AssignmentDecision) {
  return sql<{ cursor: string }>`(
    insert into rotation (channel_id, kind, target, cursor)
    select ${channelId}, ${kind}, ${picked?.rotation ?? ''}, ${picked?.agent ?? null}::text
    where ${picked !== null}
    on conflict (channel_id, kind, target) do update set cursor = excluded.cursor
    returning cursor
  )`;
}
