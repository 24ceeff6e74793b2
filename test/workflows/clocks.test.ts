/** The clocks on a real server, in seconds. Whole days are simulated over domain/; here it is about the timer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredClocks } from '#db/stored.ts';
import type { SessionId } from '#domain/ids.ts';
import { clocks } from '#test/activities/inbox.ts';
import { pageWrites } from '#test/api/intake-support.ts';
import { eventually, until } from '#test/support/until.ts';
import { ServedInbox } from './served-inbox.ts';

let at: ServedInbox;
beforeAll(async () => {
  at = await ServedInbox.start({ team: 3 });
});
afterAll(() => at.close());

async function withClocks(on: Partial<StoredClocks>): Promise<SessionId> {
  await at.db
    .updateTable('workspace')
    .set((eb) => ({
      clocks: JSON.stringify(clocks(on)),
      settings_version: eb('settings_version', '+', 1),
    }))
    .execute();
  return at.openSession();
}

const eventOf = (session: SessionId, type: string) =>
  until(async () => {
    const events = await at.inbox.events(session);
    return events.find(({ event }) => event.type === type)?.event;
  });

const countOf = async (session: SessionId, type: string) =>
  (await at.inbox.events(session)).filter(({ event }) => event.type === type).length;

/** Somebody answers in the platform's own inbox, now: the journal has it. */
let echoes = 0;
async function answerComesIn(session: SessionId): Promise<void> {
  const { external_id: customer } = await at.db
    .selectFrom('session')
    .innerJoin('customer_identity as identity', 'identity.customer_id', 'session.customer_id')
    .select('identity.external_id')
    .where('session.id', '=', session)
    .executeTakeFirstOrThrow();
  echoes += 1;
  // An hour ahead at Meta: it is no instant reply, and answers everything.
  const occurredAt = Date.now() + 3_600_000;
  await at.inbox.page.takesIn(pageWrites(`echo ${echoes}`, { customer, occurredAt }));
}

async function answersElsewhere(session: SessionId): Promise<void> {
  await answerComesIn(session);
  await at.relay(session);
  await at.applied(session);
}

/** How many timers were started and cancelled so far. */
async function timers(session: SessionId) {
  const { events } = await at.handle(session).fetchHistory();
  const count = (attributes: string) =>
    (events ?? []).filter(
      (event) => attributes in event && event[attributes as 'timerStartedEventAttributes'] != null,
    ).length;
  return {
    started: count('timerStartedEventAttributes'),
    cancelled: count('timerCanceledEventAttributes'),
  };
}

describe('silence', () => {
  test('of the assignee gives the session to another agent, once and not before its time', async () => {
    const session = await withClocks({ reassign: { on: true, afterSeconds: 1 } });
    const [before] = await at.inbox.assignments(session);
    await until(async () => (await at.inbox.assignments(session)).length > 1);
    const assignments = await at.inbox.assignments(session);
    expect(assignments[1]).toMatchObject({ how: 'timeout', from_id: before?.agent_id });
    // How late it is at most (R47) is for `npm run bench` and `npm run proof` to tell.
    expect(Number(assignments[1]?.at) - Number(before?.at)).toBeGreaterThanOrEqual(1_000);
    await at.record(session, 'reassigned');
  });

  test('warns before the deadline and shows it as missed after', async () => {
    // Far enough apart for a busy machine to look once between the two.
    const session = await withClocks({
      deadline: { on: true, afterSeconds: 11, warnBeforeSeconds: 10 },
    });
    const warned = await eventOf(session, 'Warned');
    const overdue = await eventOf(session, 'Overdue');
    expect(overdue.at - warned.at).toBeGreaterThan(0);
    expect(await countOf(session, 'Warned')).toBe(1);
    expect(await at.inbox.row(session)).toMatchObject({ next_due_at: null });
    await at.record(session, 'warned-overdue');
  });

  test('after an answer closes the session, with the closing text', async () => {
    const session = await withClocks({
      autoClose: { on: true, afterSeconds: 1, text: 'Cảm ơn anh chị!' },
    });
    await answerComesIn(session);
    await at.relayUntil(session, ({ status }) => status === 'done');
    expect(at.platform.sent.filter(({ text }) => text === 'Cảm ơn anh chị!')).toHaveLength(1);
    expect(await eventOf(session, 'MarkedDone')).toMatchObject({ closingText: 'sent' });
    await at.ended(session);
    await at.record(session, 'closed-by-clock');
  });

  test('does not count while a delivery lies unread', async () => {
    await at.db.insertInto('webhook_delivery').values({ body: null }).execute();
    const session = await withClocks({ reassign: { on: true, afterSeconds: 1 } });
    // The timer for the deadline, and those for looking again.
    await until(async () => (await timers(session)).started > 2);
    const { next_due_at } = await at.inbox.row(session);
    expect(Date.now()).toBeGreaterThan(Number(next_due_at));
    expect(await at.inbox.assignments(session)).toHaveLength(1);
    await at.db.updateTable('webhook_delivery').set({ state: 'done' }).execute();
    await until(async () => (await at.inbox.assignments(session)).length > 1);
  });
});

describe('the timer', () => {
  const far = { autoClose: { on: true, afterSeconds: 3_600, text: '' } };

  test('is left alone when the deadline moves later', async () => {
    const session = await withClocks(far);
    for (let n = 0; n < 4; n += 1) await answersElsewhere(session);
    // The run sets it a moment after the commit that it follows.
    await eventually(async () => {
      expect(await timers(session)).toEqual({ started: 1, cancelled: 0 });
    });
  });

  test('is set anew when the deadline moves earlier', async () => {
    const session = await withClocks(far);
    await answersElsewhere(session);
    await withClocks({ autoClose: { on: true, afterSeconds: 1_800, text: '' } });
    const { settings_version: version } = await at.db
      .selectFrom('workspace')
      .select('settings_version')
      .executeTakeFirstOrThrow();
    await at.inbox.appends(session, { kind: 'settings_changed', version });
    await at.relay(session);
    await at.applied(session);
    await until(async () => (await timers(session)).started === 2);
    expect(await timers(session)).toEqual({ started: 2, cancelled: 1 });
  });

  test('that rings for a deadline that has moved is set anew, and nothing is committed', async () => {
    // Long enough for a busy machine to get the message in before it.
    const session = await withClocks({ autoClose: { on: true, afterSeconds: 5, text: '' } });
    await answersElsewhere(session);
    // A message that came in with the end of that turn would leave nothing to set a timer for.
    await until(async () => (await timers(session)).started === 1);
    await at.inbox.writesAgain(session);
    await at.relay(session);
    const { version } = await at.applied(session);
    const thereupon = await until(async () => {
      const { events } = await at.handle(session).fetchHistory();
      const rang = events?.findIndex((event) => event.timerFiredEventAttributes != null) ?? -1;
      const after = rang < 0 ? [] : (events?.slice(rang) ?? []);
      return after.some((event) => event.workflowTaskCompletedEventAttributes != null) && after;
    });
    expect(thereupon.filter((event) => event.activityTaskScheduledEventAttributes != null)).toEqual(
      [],
    );
    expect(await at.inbox.row(session)).toMatchObject({ version, status: 'open' });
  });
});
