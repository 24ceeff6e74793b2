import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn } from '#api/sign-in.ts';
import { createSecretBox } from '#db/secrets.ts';
import { isUntouched, seedDemo } from '#local/demo.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
beforeAll(async () => (database = await testDatabase()));
afterAll(() => database.close());

const box = createSecretBox(Buffer.alloc(32, 5));

it('the demo workspace has a page and an Instagram account, an owner, an admin and a team of four, and is made once', async () => {
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
  const channels = await db
    .selectFrom('channel')
    .select(['id', 'platform', 'asset_id', 'name', 'token_cipher'])
    .orderBy('platform')
    .execute();
  expect(channels).toMatchObject([
    { platform: 'facebook', asset_id: '100000000000001', name: 'Tiệm Áo Sen' },
    { platform: 'instagram', asset_id: '17841400000000001', name: 'tiemaosen' },
  ]);
  const tokens = channels.map(({ token_cipher }) => box.open(token_cipher));
  expect(tokens).toEqual(['sandbox-page-token', 'sandbox-instagram-token']);
  for (const { id } of channels) {
    const team = await db
      .selectFrom('channel_agent')
      .innerJoin('agent', 'agent.id', 'channel_agent.agent_id')
      .select(['agent.role', 'receives_messages', 'receives_comments'])
      .where('channel_id', '=', id)
      .orderBy('position')
      .execute();
    expect(team.map(({ role }) => role)).toEqual(['staff', 'staff', 'staff', 'staff', 'admin']);
    expect(team.filter((one) => one.receives_messages && one.receives_comments)).toHaveLength(4);
  }
});

it('is untouched until somebody has written', async () => {
  const { db } = database;
  expect(await isUntouched(db)).toBe(true);
  await db
    .insertInto('webhook_delivery')
    .values({ body: Buffer.from('{}') })
    .execute();
  expect(await isUntouched(db)).toBe(false);
});

it('its people can sign in', async () => {
  const [owner] = await seedDemo(database.db, box);
  if (owner === undefined) throw new Error('no logins');
  expect(await signIn(database.db, owner)).toMatch(/^[\w-]{43}$/);
});
