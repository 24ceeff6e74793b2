/** The loops that keep Temporal informed, against a real server. */
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Loop } from '#api/loop.ts';
import { startRelay } from '#api/relay.ts';
import { startWatchdog } from '#api/watchdog.ts';
import type { SessionId } from '#domain/ids.ts';
import { pageWrites } from '#test/api/intake-support.ts';
import { until } from '#test/support/until.ts';
import { ServedInbox } from './served-inbox.ts';

const log = pino({ level: 'silent' });

let at: ServedInbox;
let running: Loop[] = [];
beforeAll(async () => {
  at = await ServedInbox.start();
});
afterEach(async () => {
  await Promise.all(running.map((loop) => loop.stop()));
  running = [];
});
afterAll(() => at.close());

function relay({ isAway = () => false }: { isAway?: () => boolean } = {}): Loop {
  const temporal = () => Promise.resolve(isAway() ? null : at.client);
  const loop = startRelay({ db: at.db, log, temporal, inboxUrl: 'https://inbox.test' });
  running.push(loop);
  return loop;
}

function watchdog(): { rescued: () => number } {
  let rescued = 0;
  const loop = startWatchdog({
    db: at.db,
    log,
    temporal: {
      get: () => Promise.resolve(at.client),
      registerSearchAttributes: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    onRescued: (sessions) => (rescued += sessions),
  });
  running.push(loop);
  return { rescued: () => rescued };
}

const isTold = (session: SessionId) =>
  until(async () => {
    const { last_seq, delivered_seq, lease } = await at.inbox.page.queue(session);
    return last_seq === delivered_seq && lease === null;
  });

describe('the relay', () => {
  test('tells a new session’s workflow and moves the mark', async () => {
    relay();
    const session = await at.inbox.newSession();
    expect(await at.applied(session)).toMatchObject({ status: 'open' });
    await isTold(session);
    const { staticDetails } = await at.handle(session).describe();
    expect(await staticDetails()).toBe(
      `[Open in the inbox](https://inbox.test/inbox/main/${session})`,
    );
  });

  test('tells two hundred and fifty messages in their order', async () => {
    const session = await at.inbox.newSession();
    await at.inbox.writesAgain(session, new Date(), 249);
    relay();
    await at.applied(session);
    expect(await at.received(session)).toEqual(Array.from({ length: 250 }, (_, n) => n + 1));
  });

  test('starts nothing for a Done session when nobody asked for anything', async () => {
    const customer = `only the Page ${at.namespace}`;
    await at.inbox.page.takesIn(pageWrites('e1', { customer }));
    const session = (await at.inbox.page.session(customer)).id;
    relay();
    await isTold(session);
    await expect(at.handle(session).describe()).rejects.toThrow('not found');
  });

  test('beside a second one tells everything once', async () => {
    relay();
    relay();
    const sessions = await Promise.all(Array.from({ length: 10 }, () => at.inbox.newSession()));
    await Promise.all(
      sessions.flatMap((one) => [one, one, one]).map((one) => at.inbox.writesAgain(one)),
    );
    for (const session of sessions) {
      await at.applied(session);
      expect(await at.received(session)).toEqual([1, 2, 3, 4]);
    }
  });

  test('waits while Temporal is away, and tells all when it is back', async () => {
    let isAway = true;
    relay({ isAway: () => isAway });
    const session = await at.inbox.newSession();
    expect(await at.inbox.page.queue(session)).toMatchObject({ lease: null, delivered_seq: 0 });
    isAway = false;
    await at.applied(session);
  });
});

/** Temporal's list, from which the watchdog learns who is running, follows a little later than the run itself. */
const isListedAs = (status: string, session: SessionId) =>
  until(async () => {
    const query = `WorkflowId = '${at.handle(session).workflowId}'`;
    for await (const run of at.client.workflow.list({ query }))
      if (run.status.name === status) return true;
    return false;
  });

describe('the watchdog', () => {
  test('starts the run of an open session that was terminated', async () => {
    const session = await at.openSession();
    await at.handle(session).terminate('lost');
    await isListedAs('TERMINATED', session);
    const { rescued } = watchdog();
    await until(async () => (await at.handle(session).describe()).status.name === 'RUNNING');
    await until(() => rescued() > 0);
  });

  test('starts a cancelled one too', async () => {
    const session = await at.openSession();
    await at.handle(session).cancel();
    await isListedAs('CANCELLED', session);
    watchdog();
    await until(async () => (await at.handle(session).describe()).status.name === 'RUNNING');
  });

  test('serves a message whose telling was lost with Temporal’s database', async () => {
    const session = await at.inbox.newSession(new Date(Date.now() - 60_000));
    await at.db
      .updateTable('session_queue')
      .set({ delivered_seq: 1 })
      .where('session_id', '=', session)
      .execute();
    watchdog();
    expect(await at.applied(session)).toMatchObject({ status: 'open' });
  });

  test('leaves Done sessions alone', async () => {
    const session = await at.openSession();
    await at.markDone(session);
    const other = await at.openSession();
    await at.handle(other).terminate('lost');
    await isListedAs('TERMINATED', other);
    watchdog();
    await until(async () => (await at.handle(other).describe()).status.name === 'RUNNING');
    expect((await at.handle(session).describe()).status.name).toBe('COMPLETED');
  });
});
