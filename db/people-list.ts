/** The people of the workspace, as a colleague or an admin sees them. */
import { sql } from 'kysely';
import type { PersonView } from '#contracts/people.ts';
import type { AgentId } from '#domain/ids.ts';
import type { Role } from '#domain/permission.ts';
import type { Db } from './database.ts';

/** Far more than work in one workspace; nothing is paged before that. */
const MOST = 2_000;

type Found = {
  id: AgentId;
  name: string;
  role: Role;
  disabled: boolean;
  online: boolean;
  email: string;
  capacity: number | null;
  created_at: Date;
  last_login_at: Date | null;
};

/** Everybody by name; what only admins may know is left out for staff. */
export async function listPeople(db: Db, viewer: { role: Role }): Promise<PersonView[]> {
  const rows = await people(db, null);
  return rows.map((row) => (viewer.role === 'staff' ? withoutAccount(row) : withAccount(row)));
}

/** One of them, as admins see them. */
export async function readPersonView(db: Db, id: AgentId): Promise<PersonView> {
  const [row] = await people(db, id);
  if (row === undefined) throw new Error(`There is no agent ${id}: people are never deleted`);
  return withAccount(row);
}

async function people(db: Db, id: AgentId | null): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select agent.id, agent.name, agent.role, agent.disabled_at is not null as disabled,
      agent.disabled_at is null and coalesce(presence.online and not presence.away, false) as online,
      agent.email, agent.capacity, agent.created_at, agent.last_login_at
    from agent left join presence on presence.agent_id = agent.id
    where ${id}::text is null or agent.id = ${id}
    order by lower(agent.name), agent.id
    limit ${MOST}
  `.execute(db);
  return rows;
}

function withoutAccount({ id, name, role, disabled, online }: Found): PersonView {
  return { id, name, role, disabled, online, account: null };
}

function withAccount(row: Found): PersonView {
  const { email, capacity, created_at: createdAt, last_login_at: lastLoginAt } = row;
  return { ...withoutAccount(row), account: { email, capacity, createdAt, lastLoginAt } };
}
