import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellDistributionOn } from '#db/distribution-on.ts';
import type { SessionId } from '#domain/ids.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, aMessage, anAgent, aSessionRow } from '#test/support/workspace.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const toldOf = async (session: SessionId) => {
  const entries = database.db.selectFrom('session_journal').select(['seq', 'kind']);
  return entries.where('session_id', '=', session).orderBy('seq').execute();
};

test('R5: whose turn was in flight when distribution was switched on is told afterwards, and nobody twice', async () => {
  const { db } = database;
  const channel = await aChannel(db);
  const waiting = await aSessionRow(db, { channel });
  const tell = (told?: ReadonlySet<SessionId>) =>
    db.transaction().execute((trx) => tellDistributionOn(trx, channel, told));
  const told = await tell();
  expect(told).toEqual(new Set([waiting]));
  // It came after the others were looked for, and its turn has read that distribution is off.
  const late = await aSessionRow(db, { channel, status: 'done', start_seq: 7 });
  await aMessage(db, { session: late, channel, seq: 7 });
  expect(await tell(told)).toEqual(new Set([waiting, late]));
  expect(await toldOf(waiting)).toEqual([{ seq: 1, kind: 'distribution_on' }]);
  expect(await toldOf(late)).toEqual([{ seq: 8, kind: 'distribution_on' }]);
});

test('R5: an assigned session with entries that are not applied yet is told: it may be unassigned by them', async () => {
  const { db } = database;
  const channel = await aChannel(db);
  const an = await anAgent(db);
  const behind = await aSessionRow(db, { channel, assignee_id: an });
  await aMessage(db, { session: behind, channel, seq: 3 });
  const settled = await aSessionRow(db, { channel, assignee_id: an, applied_seq: 3 });
  await aMessage(db, { session: settled, channel, seq: 3 });
  const told = await db.transaction().execute((trx) => tellDistributionOn(trx, channel));
  expect(told).toEqual(new Set([behind]));
});
