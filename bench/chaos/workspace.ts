/** A workspace to be treated badly: one Page of the sandbox, an owner, an admin, and a team of agents. */
import { hashPassword } from '#api/passwords.ts';
import { createDatabase, type Db } from '#db/database.ts';
import { newId } from '#db/ids.ts';
import type { StoredClocks } from '#db/stored.ts';
import { createSecretBox } from '#db/secrets.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import type { Role } from '#domain/permission.ts';
import { SEED_PAGE } from '#sandbox/seed.ts';

export type Employee = { id: AgentId; role: Role; name: string; email: string; password: string };

export type Workspace = {
  channelId: ChannelId;
  admin: Employee;
  /** The team, in the order of the rotation. The admin is of the team and receives nothing. */
  agents: Employee[];
};

export const NO_CLOCK: StoredClocks = {
  autoClose: { on: false, afterSeconds: 60, text: '' },
  reassign: { on: false, afterSeconds: 60 },
  deadline: { on: false, afterSeconds: 60, warnBeforeSeconds: 10 },
};

/** Cheap: a hundred logins of a test must not cost a minute. */
const PASSWORD_COST = { log2N: 10, p: 1 };
const NAMES = ['Mai', 'Nam', 'Hoa', 'Tú', 'Vy', 'Sơn', 'Ly', 'Đạt', 'Thu', 'Bảo'];

/** @returns who works there, with their passwords */
export async function createWorkspace(
  made: { databaseUrl: string; secretKey: string },
  { agents, clocks = NO_CLOCK }: { agents: number; clocks?: StoredClocks | undefined },
): Promise<Workspace> {
  const db = createDatabase(made.databaseUrl, { max: 2 });
  try {
    await db
      .insertInto('workspace')
      .values({ name: 'Tiệm Áo Sen', clocks: JSON.stringify(clocks) })
      .execute();
    const channelId = newId<ChannelId>();
    await db
      .insertInto('channel')
      .values({
        id: channelId,
        platform: 'facebook',
        asset_id: SEED_PAGE.id,
        name: SEED_PAGE.name,
        token_cipher: createSecretBox(made.secretKey).seal(SEED_PAGE.token),
      })
      .execute();
    const admin = await employ(db, 'admin', 'Quản trị Ánh');
    await list(db, channelId, { agent: admin, position: 0, receives: false });
    const team: Employee[] = [];
    for (let position = 1; position <= agents; position += 1) {
      const name = NAMES[(position - 1) % NAMES.length] ?? 'An';
      const agent = await employ(db, 'staff', `${name} ${position}`);
      await list(db, channelId, { agent, position, receives: true });
      team.push(agent);
    }
    return { channelId, admin, agents: team };
  } finally {
    await db.destroy();
  }
}

async function employ(db: Db, role: Role, name: string): Promise<Employee> {
  const id = newId<AgentId>();
  const email = `${id}@tiem-ao-sen.example`;
  const password = `mat-khau-${id}`;
  const password_hash = await hashPassword(password, PASSWORD_COST);
  await db.insertInto('agent').values({ id, name, email, role, password_hash }).execute();
  return { id, role, name, email, password };
}

type Listing = { agent: Employee; position: number; receives: boolean };

async function list(db: Db, channelId: ChannelId, listing: Listing): Promise<void> {
  const { agent, position, receives } = listing;
  await db
    .insertInto('channel_agent')
    .values({
      channel_id: channelId,
      agent_id: agent.id,
      position,
      receives_messages: receives,
      receives_comments: receives,
    })
    .execute();
}
