import { sql } from 'kysely';
import type { AssignmentDecision, AssignmentFacts, TeamMember } from '#domain/assignment.ts';
import type { AgentId, ChannelId, SessionId, SessionKind } from '#domain/ids.ts';
import type { AssignAsk } from '#domain/session/ask.ts';
import type { Db, Trx } from './database.ts';

/** The whole pool's rotation; a keyword rule's target has one of its own. */
const WHOLE_POOL = '';

export type RotationKey = { channelId: ChannelId; kind: SessionKind };

/**
 * Locks the channel's rotation and reads what an assignment is decided from. The lock makes assignments of one
 * channel and kind follow one another, so that the rotation is fair however many sessions come at once.
 */
export async function lockAssignmentFacts(trx: Trx, key: RotationKey): Promise<AssignmentFacts> {
  const { rows } = await sql<{ cursor: AgentId | null; distribution: boolean }>`
    insert into rotation (channel_id, kind, target) values (${key.channelId}, ${key.kind}, ${WHOLE_POOL})
    on conflict (channel_id, kind, target) do update set cursor = rotation.cursor
    returning cursor, (select distribution from channel where id = ${key.channelId}) as distribution
  `.execute(trx);
  const [rotation] = rows;
  return {
    distribution: rotation?.distribution ?? false,
    cursor: rotation?.cursor ?? null,
    team: await readTeam(trx, key),
  };
}

/** The channel's team in the order of its settings (R3). */
async function readTeam(db: Db, { channelId, kind }: RotationKey): Promise<TeamMember[]> {
  const rows = await db
    .selectFrom('channel_member as member')
    .innerJoin('agent', 'agent.id', 'member.agent_id')
    .select([
      'member.agent_id',
      'agent.disabled_at',
      'member.receives_messages',
      'member.receives_comments',
    ])
    .where('member.channel_id', '=', channelId)
    .orderBy('member.place')
    .orderBy('member.agent_id')
    .execute();
  return rows.map((row) => ({
    agent: row.agent_id,
    disabled: row.disabled_at !== null,
    receives: kind === 'message' ? row.receives_messages : row.receives_comments,
  }));
}

/** Stores what was decided with its trace, and moves the rotation on if the mode picked somebody. */
export async function writeAssignment(
  trx: Trx,
  session: { id: SessionId } & RotationKey,
  ask: AssignAsk,
  decision: AssignmentDecision,
): Promise<void> {
  const decided = decision.events.find(
    (event) => event.type === 'Assigned' || event.type === 'NotAssigned',
  );
  if (decided === undefined) return;
  const assigned = decided.type === 'Assigned' ? decided : null;
  await trx
    .with('moved', (qb) => moveRotation(qb, session, decision))
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
}

function moveRotation(
  qb: Pick<Trx, 'updateTable'>,
  { channelId, kind }: RotationKey,
  { cursor }: AssignmentDecision,
) {
  return qb
    .updateTable('rotation')
    .set({ cursor })
    .where('channel_id', '=', channelId)
    .where('kind', '=', kind)
    .where('target', '=', WHOLE_POOL)
    .where('cursor', 'is distinct from', cursor)
    .returning('cursor');
}
