/** Without a cache every task replays the whole history: what is not deterministic hangs here. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clocks } from '#test/activities/inbox.ts';
import { until } from '#test/support/until.ts';
import { ServedInbox } from './served-inbox.ts';

let at: ServedInbox;
beforeAll(async () => {
  at = await ServedInbox.start({
    maxCachedSessions: 0,
    team: 3,
    clocks: clocks({
      reassign: { on: true, afterSeconds: 1 },
      deadline: { on: true, afterSeconds: 3, warnBeforeSeconds: 1 },
    }),
  });
});
afterAll(() => at.close());

test('a session goes through reassignment, a missed deadline, an answer and Done', async () => {
  const session = await at.openSession();
  const events = async () => (await at.inbox.events(session)).map(({ type }) => type);
  await until(async () => (await events()).includes('Overdue'));
  await at.relayUntil(session, ({ assignee_id }) => assignee_id !== null);
  const { assignee_id } = await at.inbox.row(session);
  if (assignee_id === null) throw new Error('unassigned');
  const { messageId } = await at.inbox.replies(session, assignee_id);
  await at.relayUntil(session, ({ waiting_since }) => waiting_since === null);
  expect((await at.inbox.message(messageId)).state).toBe('sent');
  await at.markDone(session);
  expect(await at.ended(session)).toBe('COMPLETED');
  expect(at.platform.sent).toHaveLength(1);
  await at.record(session, 'whole-round');
});

test('what is told twice is taken in once', async () => {
  const session = await at.openSession();
  await at.inbox.writesAgain(session);
  await Promise.all([at.signal(session, 2), at.signal(session, 1, 2), at.signal(session, 2)]);
  await at.applied(session);
  expect(await at.received(session)).toEqual([1, 2]);
});
