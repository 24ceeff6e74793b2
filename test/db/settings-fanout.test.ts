import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fanOutSettings } from '#db/settings-fanout.ts';
import { TestPage, writes } from '#test/api/intake-support.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

const OPEN = 450;

let database: TestDatabase;
let page: TestPage;
beforeAll(async () => {
  database = await testDatabase();
  page = await TestPage.connect(database.db);
  const customers = Array.from({ length: OPEN + 50 }, (_, index) => `customer ${index}`);
  await page.takesIn(...customers.map((customer) => writes(customer, { customer })));
  await sql`update session set status = case when id in (select id from session order by id limit ${OPEN}::int)
    then 'open' else 'done' end`.execute(database.db);
});
afterAll(() => database.close());

const told = () =>
  database.db
    .selectFrom('session_journal')
    .innerJoin('session', 'session.id', 'session_journal.session_id')
    .select(['session.status', 'session_journal.seq', 'session_journal.fact'])
    .where('session_journal.kind', '=', 'settings_changed')
    .execute();

test('a change of the settings reaches every open session once, some at a time, from several processes', async () => {
  await database.db.insertInto('settings_fanout').values({ version: 2 }).execute();
  const rounds: boolean[][] = [];
  do {
    rounds.push(await Promise.all([fanOutSettings(database.db), fanOutSettings(database.db)]));
  } while (rounds.at(-1)?.includes(true));
  const entries = await told();
  expect(entries).toHaveLength(OPEN);
  expect(new Set(entries.map(({ status }) => status))).toEqual(new Set(['open']));
  expect(entries[0]).toMatchObject({ seq: 2, fact: { kind: 'settings_changed', version: 2 } });
  expect(rounds.length).toBeGreaterThan(2);
});

test('a change that was told everywhere is told no more', async () => {
  const before = (await told()).length;
  expect(await fanOutSettings(database.db)).toBe(false);
  expect(await told()).toHaveLength(before);
});
