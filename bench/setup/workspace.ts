import { randomBytes } from 'node:crypto';
import { hashToken } from '#api/sign-in.ts';
import type { ClockSettings } from '#contracts/settings.ts';
import { createDatabase } from '#db/database.ts';
import { newId } from '#db/ids.ts';
import { createSecretBox } from '#db/secrets.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import { SEED_PAGE } from '#sandbox/seed.ts';

/** Who may ask the API, and for what. */
export type Workspace = {
  channelId: ChannelId;
  owner: { id: AgentId; token: string };
  team: AgentId[];
};

const TEAM = 8;

/** Long: the clocks run and have to be kept, but nothing falls due while something else is measured. */
export const LONG_CLOCKS: Omit<ClockSettings, 'version'> = {
  autoClose: { on: true, afterSeconds: 86_400, text: 'Cảm ơn bạn!' },
  reassign: { on: true, afterSeconds: 43_200 },
  deadline: { on: true, afterSeconds: 86_400, warnBeforeSeconds: 3_600 },
};

/** A Page of the sandbox, an owner with an API token, and a team of eight. */
export async function createWorkspace(made: {
  databaseUrl: string;
  secretKey: string;
}): Promise<Workspace> {
  const db = createDatabase(made.databaseUrl, { max: 1 });
  const channelId = newId<ChannelId>();
  const owner = newId<AgentId>();
  const team = Array.from({ length: TEAM }, () => newId<AgentId>());
  const token = randomBytes(32).toString('base64url');
  try {
    await db
      .insertInto('workspace')
      .values({ name: 'Bench', clocks: JSON.stringify(LONG_CLOCKS) })
      .execute();
    await db
      .insertInto('agent')
      .values(
        [owner, ...team].map((id, number) => ({
          id,
          name: `Agent ${number}`,
          email: `agent-${number}@example.org`,
          role: id === owner ? ('owner' as const) : ('staff' as const),
          // Nobody signs in by password here.
          password_hash: '',
        })),
      )
      .execute();
    await db
      .insertInto('api_token')
      .values({ id: newId<string>(), agent_id: owner, name: 'bench', token_hash: hashToken(token) })
      .execute();
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
    await db
      .insertInto('channel_agent')
      .values(team.map((id, position) => ({ channel_id: channelId, agent_id: id, position })))
      .execute();
  } finally {
    await db.destroy();
  }
  return { channelId, owner: { id: owner, token }, team };
}
