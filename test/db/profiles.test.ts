import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimProfiles, storeProfile } from '#db/profiles.ts';
import { HOA, LAN, TestPage, writes } from '#test/api/intake-support.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('a new customer’s profile is asked for once, however many ask', async () => {
  const page = await TestPage.connect(database.db);
  await page.takesIn(writes('m1'), writes('h1', { customer: HOA }));
  const claims = await Promise.all([1, 2, 3, 4].map(() => claimProfiles(database.db, 1)));
  const asked = claims.flat().map(({ externalId }) => externalId);
  expect(asked.sort()).toEqual([LAN, HOA].sort());
  expect(await claimProfiles(database.db, 10)).toEqual([]);
});

test('whose profile could not be read is asked for again, after pauses that grow', async () => {
  const page = await TestPage.connect(database.db);
  await page.takesIn(writes('m1', { customer: 'late' }));
  const due = async () => {
    const { customer_id } = await page.session('late');
    const { created_at, profile_due_at } = await database.db
      .selectFrom('customer')
      .select(['created_at', 'profile_due_at'])
      .where('id', '=', customer_id)
      .executeTakeFirstOrThrow();
    return { id: customer_id, afterMs: Number(profile_due_at) - Number(created_at) };
  };
  await claimProfiles(database.db, 10);
  const first = await due();
  expect(first.afterMs).toBeGreaterThanOrEqual(60_000);
  await database.db
    .updateTable('customer')
    .set({
      created_at: new Date(Date.now() - 3_600_000),
      profile_due_at: new Date(Date.now() - 1_000),
    })
    .where('id', '=', first.id)
    .execute();
  expect(await claimProfiles(database.db, 10)).toHaveLength(1);
  expect((await due()).afterMs).toBeGreaterThanOrEqual(7_200_000);
});

test('what the platform tells is the customer’s name', async () => {
  const page = await TestPage.connect(database.db);
  await page.takesIn(writes('m1'));
  const [wanted] = await claimProfiles(database.db, 10);
  if (wanted === undefined) throw new Error('nobody');
  await storeProfile(database.db, wanted.customerId, { name: 'Lan', pictureUrl: null });
  const { id, customer_id } = await page.session();
  const changes = await database.db
    .selectFrom('change')
    .selectAll()
    .where('session_id', '=', id)
    .execute();
  expect(changes.at(-1)).toMatchObject({ topic: 'session', agent_id: null });
  const customer = await database.db
    .selectFrom('customer')
    .select(['name', 'picture_url'])
    .where('id', '=', customer_id)
    .executeTakeFirstOrThrow();
  expect(customer).toEqual({ name: 'Lan', picture_url: null });
  expect(await claimProfiles(database.db, 10)).toEqual([]);
});
