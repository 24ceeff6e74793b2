import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogin, peopleByTokens } from '#db/people.ts';
import { accessOf, visibleTo } from '#db/visibility.ts';
import type { AgentId, ChannelId, SessionId } from '#domain/ids.ts';
import { accessTo, type Role } from '#domain/permission.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await aWorkspace(database.db);
});
afterAll(() => database.close());

const role = fc.constantFrom<Role>('owner', 'admin', 'staff');
const channelOf = fc.record({
  view: fc.boolean(),
  interact: fc.boolean(),
  team: fc.subarray([0, 1, 2]),
});
const workspace = fc.record({
  roles: fc.tuple(role, role, role),
  channels: fc.array(channelOf, { minLength: 1, maxLength: 3 }),
});

async function signedIn(agent: AgentId) {
  const tokenHash = Buffer.from(agent);
  const expiresAt = new Date(Date.now() + 60_000);
  await createLogin(database.db, { tokenHash, agent, expiresAt });
  const people = await peopleByTokens(database.db, [tokenHash]);
  return people.get(tokenHash.toString('hex'));
}

it('R23: the condition in SQL lets through exactly the sessions to which the rule gives access', async () => {
  await fc.assert(
    fc.asyncProperty(workspace, async ({ roles, channels }) => {
      const { db } = database;
      const agents: AgentId[] = [];
      for (const one of roles) agents.push(await anAgent(db, { role: one }));
      const sessions: {
        id: SessionId;
        at: number;
        channel: ChannelId;
        assignee: AgentId | null;
        supporters: AgentId[];
      }[] = [];
      for (const [at, { view, interact, team }] of channels.entries()) {
        const members = agents.filter((_agent, index) => team.includes(index));
        const flags = { view_each_other: view, interact_each_other: interact };
        const channel = await aChannel(db, { team: members, ...flags });
        for (const assignee of [null, ...agents])
          for (const supporters of [[], agents.slice(0, 1), agents.slice(1)]) {
            const id = await aSessionRow(db, { channel, assignee_id: assignee, supporters });
            sessions.push({ id, at, channel, assignee, supporters });
          }
      }
      for (const [index, agent] of agents.entries()) {
        const person = await signedIn(agent);
        if (person === undefined) throw new Error('not signed in');
        const rule = (session: (typeof sessions)[number]) => {
          const settings = channels[session.at];
          const viewer = {
            agent,
            role: roles[index] ?? 'staff',
            disabled: false,
            inTeam: settings?.team.includes(index) ?? false,
          };
          const permission = {
            view: settings?.view ?? false,
            interact: settings?.interact ?? false,
          };
          return accessTo(session, viewer, permission);
        };
        const seen = await db
          .selectFrom('session')
          .select('id')
          .where(visibleTo(person))
          .where(
            'id',
            'in',
            sessions.map(({ id }) => id),
          )
          .execute();
        const expected = sessions.filter((session) => rule(session) !== 'none');
        expect(seen.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort());
        for (const session of sessions) expect(accessOf(person, session)).toBe(rule(session));
      }
    }),
    { numRuns: 25 },
  );
});

it('a disabled agent, an expired login and a revoked token are nobody', async () => {
  const { db } = database;
  const [disabled, expired, revoked] = [await anAgent(db), await anAgent(db), await anAgent(db)];
  await db
    .updateTable('agent')
    .set({ disabled_at: new Date() })
    .where('id', '=', disabled)
    .execute();
  expect(await signedIn(disabled)).toBeUndefined();
  const hash = Buffer.from(expired);
  await createLogin(db, { tokenHash: hash, agent: expired, expiresAt: new Date(Date.now() - 1) });
  const token = { id: 't', agent_id: revoked, name: 'CRM', token_hash: Buffer.from(revoked) };
  await db.insertInto('api_token').values(token).execute();
  const ask = async () => (await peopleByTokens(db, [hash, token.token_hash])).size;
  expect(await ask()).toBe(1);
  await db.updateTable('api_token').set({ revoked_at: new Date() }).execute();
  expect(await ask()).toBe(0);
});
