import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn } from '#api/sign-in.ts';
import { createSecretBox } from '#db/secrets.ts';
import { seedDemo } from '#local/demo.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
beforeAll(async () => (database = await testDatabase()));
afterAll(() => database.close());

const box = createSecretBox(Buffer.alloc(32, 5));

it('the demo workspace has a page, an owner, an admin and a team of four, and is made once', async () => {
  const { db } = database;
  const logins = await seedDemo(db, box);
  expect(logins.map(({ role }) => role)).toEqual([
    'owner',
    'admin',
    'agent',
    'agent',
    'agent',
    'agent',
  ]);
  expect(await seedDemo(db, box)).toEqual(logins);
  const channel = await db
    .selectFrom('channel')
    .select(['asset_id', 'name', 'token_cipher'])
    .executeTakeFirstOrThrow();
  expect(channel).toMatchObject({ asset_id: '100000000000001', name: 'Tiệm Hoa Mai' });
  expect(box.open(channel.token_cipher)).toBe('sandbox-page-token');
  const team = await db
    .selectFrom('channel_agent')
    .innerJoin('agent', 'agent.id', 'channel_agent.agent_id')
    .select(['agent.role', 'receives_messages'])
    .orderBy('position')
    .execute();
  expect(team.filter(({ receives_messages }) => receives_messages)).toHaveLength(4);
  expect(team.map(({ role }) => role)).toEqual(['staff', 'staff', 'staff', 'staff', 'admin']);
});

it('its people can sign in', async () => {
  const [owner] = await seedDemo(database.db, box);
  if (owner === undefined) throw new Error('no logins');
  expect(await signIn(database.db, owner)).toMatch(/^[\w-]{43}$/);
});
