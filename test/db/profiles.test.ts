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

test('what the platform tells is the customer’s name', async () => {
  const page = await TestPage.connect(database.db);
  await page.takesIn(writes('m1'));
  const [wanted] = await claimProfiles(database.db, 10);
  if (wanted === undefined) throw new Error('nobody');
  await storeProfile(database.db, wanted.customerId, { name: 'Lan', pictureUrl: null });
  const { customer_id } = await page.session();
  const customer = await database.db
    .selectFrom('customer')
    .select(['name', 'picture_url'])
    .where('id', '=', customer_id)
    .executeTakeFirstOrThrow();
  expect(customer).toEqual({ name: 'Lan', picture_url: null });
});
