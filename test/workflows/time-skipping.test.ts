/** The clocks of R43–R45 in their real minutes, on a server whose time skips ahead while nothing happens. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CommandRequest } from '#contracts/command.ts';
import type { StoredBusinessHours, StoredClocks } from '#db/stored.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import { DAY, HOUR, MINUTE, SECOND, type Instant } from '#domain/instant.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { clocks } from '#test/activities/inbox.ts';
import { until } from '#test/support/until.ts';
import { ServedInbox } from './served-inbox.ts';
import { startTimeSkipping, timeSkippingServer } from './time-skipping-server.ts';

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
});

/** To the minute: the clock of this server goes on while a busy machine works. */
const minute = (minutes: number): unknown => expect.closeTo(minutes, 0);

/** temporal.api.enums.v1.IndexedValueType */
const KEYWORD = 2;
const DATETIME = 6;

const server = await timeSkippingServer();
if ('missing' in server)
  process.stdout.write(`Clocks in real minutes are not tested: ${server.missing}.\n`);

describe.skipIf('missing' in server)('in real minutes', () => {
  let env: TestWorkflowEnvironment;
  let at: ServedInbox;
  beforeAll(async () => {
    if ('missing' in server) return;
    env = await startTimeSkipping(server.path);
    // This server cannot list them, as our own registration does.
    await env.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: {
        InboxChannel: KEYWORD,
        InboxCustomer: KEYWORD,
        InboxStatus: KEYWORD,
        InboxAgent: KEYWORD,
        InboxDueAt: DATETIME,
      },
    });
    at = await ServedInbox.start({
      team: 3,
      on: {
        connection: env.nativeConnection,
        client: env.client,
        namespace: env.namespace ?? 'default',
        close: () => env.teardown(),
      },
    });
  });
  afterAll(() => at.close());
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const now = () => env.currentTimeMs();

  /** What is read of the calendar is read at this server's time, or some days ahead of it. */
  async function sharesTime(daysAhead = 0): Promise<void> {
    const realNow = Date.now.bind(Date);
    const ahead = (await now()) - realNow() + daysAhead * DAY;
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead);
  }

  /** A session that a customer opens now. */
  async function opens(
    on: Partial<StoredClocks>,
    hours: StoredBusinessHours | null = null,
  ): Promise<{ session: SessionId; start: number }> {
    await at.db
      .updateTable('workspace')
      .set((eb) => ({
        clocks: JSON.stringify(clocks(on)),
        business_hours: hours === null ? null : JSON.stringify(hours),
        time_zone: 'UTC',
        settings_version: eb('settings_version', '+', 1),
      }))
      .execute();
    const start = await now();
    const session = await at.inbox.newSession(new Date(start));
    await at.relay(session);
    await at.applied(session);
    return { session, start };
  }

  /** Minutes from the start to each event of a type. */
  async function minutesOf(session: SessionId, start: number, type: SessionEvent['type']) {
    const events = await at.inbox.events(session);
    return events
      .filter(({ event }) => event.type === type)
      .map(({ event }) => Math.round((event.at - start) / (MINUTE / 60)) / 60);
  }

  /** The database's clock does not skip: what was just written is written when the story says. */
  async function stampNow(session: SessionId): Promise<Instant> {
    const { last_seq } = await at.inbox.page.queue(session);
    const stamp = await now();
    await at.db
      .updateTable('session_journal')
      .set({ at: new Date(stamp) })
      .where('session_id', '=', session)
      .where('seq', '=', last_seq)
      .execute();
    return stamp;
  }

  async function holder(session: SessionId): Promise<AgentId> {
    const { assignee_id } = await at.inbox.row(session);
    if (assignee_id === null) throw new Error('unassigned');
    return assignee_id;
  }

  /** @returns when the answer was accepted */
  async function answers(session: SessionId, by?: AgentId): Promise<Instant> {
    await at.inbox.replies(session, by ?? (await holder(session)));
    const { last_seq } = await at.inbox.page.queue(session);
    await stampNow(session);
    await at.relay(session);
    await until(() =>
      at.db
        .selectFrom('session_journal')
        .select('seq')
        .where('session_id', '=', session)
        .where('kind', '=', 'send_outcome')
        .where('seq', '>', last_seq)
        .executeTakeFirst(),
    );
    const accepted = await stampNow(session);
    await at.relayUntil(session, ({ waiting_since }) => waiting_since === null);
    return accepted;
  }

  async function asks(session: SessionId, by: AgentId, request: CommandRequest): Promise<void> {
    await at.inbox.asks(session, by, request);
    const { last_seq } = await at.inbox.page.queue(session);
    const expiresAt = (await stampNow(session)) + 10 * SECOND;
    await at.db
      .updateTable('session_journal')
      .set({ fact: sql`jsonb_set(fact, '{expiresAt}', to_jsonb(${expiresAt}::float8))` })
      .where('session_id', '=', session)
      .where('seq', '=', last_seq)
      .execute();
    await at.relay(session);
    await at.applied(session);
  }

  async function writesNow(session: SessionId): Promise<void> {
    await at.inbox.writesAgain(session, new Date(await now()));
    await at.relay(session);
    await at.applied(session);
  }

  const typesOf = async (session: SessionId, after: number) =>
    (await at.inbox.events(session)).slice(after).map(({ event }) => event.type);

  test('R45: a silent session is warned after 25 minutes and overdue after 30, each once', async () => {
    const { session, start } = await opens({
      deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300 },
    });
    await env.sleep(40 * MINUTE);
    expect(await minutesOf(session, start, 'Warned')).toEqual([minute(25)]);
    expect(await minutesOf(session, start, 'Overdue')).toEqual([minute(30)]);
  });

  test('R44: it goes on to each agent of the team, the admins hear of it once per wait, and an answer stops it', async () => {
    const { session, start } = await opens({ reassign: { on: true, afterSeconds: 600 } });
    await env.sleep(60 * MINUTE);
    expect(await minutesOf(session, start, 'Assigned')).toEqual([
      minute(0),
      minute(10),
      minute(20),
    ]);
    const last = await holder(session);
    expect(await minutesOf(session, start, 'Escalated')).toEqual([minute(30)]);

    const [helper] = at.inbox.team.filter((one) => one !== last);
    if (helper === undefined) throw new Error('a team of one');
    await asks(session, last, { type: 'supporters', agents: [helper] });
    await answers(session, helper);
    await env.sleep(30 * MINUTE);
    expect(await holder(session)).toBe(last);
    await writesNow(session);
    await env.sleep(60 * MINUTE);
    // Minute 90 began the next wait: two more agents, and then nobody who has not had it.
    expect(await minutesOf(session, start, 'Assigned')).toEqual(
      [0, 10, 20, 100, 110].map((minutes) => minute(minutes)),
    );
    expect(await minutesOf(session, start, 'Escalated')).toEqual([minute(30), minute(120)]);
  });

  test('R43: 30 minutes after an answer the closing text goes out and the session is done', async () => {
    const { session, start } = await opens({
      autoClose: { on: true, afterSeconds: 1_800, text: 'Cảm ơn anh chị!' },
    });
    await env.sleep(5 * MINUTE);
    await answers(session);
    await env.sleep(29 * MINUTE);
    expect((await at.inbox.row(session)).status).toBe('open');
    await env.sleep(2 * MINUTE);
    await at.relayUntil(session, ({ status }) => status === 'done');
    expect(await minutesOf(session, start, 'CloseStarted')).toEqual([minute(35)]);
    expect(at.platform.sent.filter(({ text }) => text === 'Cảm ơn anh chị!')).toHaveLength(1);
  });

  test('R43: a message of the customer in the 29th minute keeps it open', async () => {
    const { session } = await opens({ autoClose: { on: true, afterSeconds: 1_800, text: '' } });
    await answers(session);
    await env.sleep(29 * MINUTE);
    await at.inbox.writesAgain(session, new Date(await now()));
    await at.relay(session);
    await at.applied(session);
    await env.sleep(5 * MINUTE);
    expect((await at.inbox.row(session)).status).toBe('open');
  });

  test('R45: an answer in time clears the deadline', async () => {
    const { session, start } = await opens({
      deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300 },
    });
    await env.sleep(10 * MINUTE + 5 * SECOND);
    await answers(session);
    await env.sleep(60 * MINUTE);
    expect(await minutesOf(session, start, 'Overdue')).toEqual([]);
  });

  test('R46: over the lunch break time-out, warning and deadline stand still', async () => {
    await sharesTime();
    // An hour of lunch, a quarter of an hour from now.
    const noon = (Math.floor((await now()) / MINUTE) + 15) % 1_440;
    const { session, start } = await opens(
      {
        reassign: { on: true, afterSeconds: 1_200, businessHours: true },
        deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300, businessHours: true },
      },
      { days: Array.from({ length: 7 }, () => without(noon, 60)), holidays: [] },
    );
    await env.sleep(95 * MINUTE);
    expect(await minutesOf(session, start, 'Assigned')).toEqual([minute(0), minute(80)]);
    expect(await minutesOf(session, start, 'Warned')).toEqual([minute(85)]);
    expect(await minutesOf(session, start, 'Overdue')).toEqual([minute(90)]);
  });

  test('R59: snoozed until tomorrow it comes back then, or with the customer; its clocks begin anew', async () => {
    const on = { deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300 } };
    const { session, start } = await opens(on);
    const { session: other } = await opens(on);
    const tomorrow = new Date(start + DAY);
    for (const one of [session, other])
      await asks(one, await holder(one), { type: 'snooze', until: tomorrow });
    await env.sleep(2 * HOUR);
    const written = ((await now()) - start) / MINUTE;
    await writesNow(other);
    await env.sleep(23 * HOUR);
    expect(await minutesOf(session, start, 'Woken')).toEqual([minute(1_440)]);
    expect(await minutesOf(session, start, 'Warned')).toEqual([minute(1_465)]);
    expect(await minutesOf(session, start, 'Overdue')).toEqual([minute(1_470)]);
    expect(await minutesOf(other, start, 'Woken')).toEqual([minute(written)]);
    expect(await minutesOf(other, start, 'Warned')).toEqual([minute(written + 25)]);
    expect(await minutesOf(other, start, 'Overdue')).toEqual([minute(written + 30)]);
    expect(await holder(other)).not.toBe(null);
  });

  test('R43: auto-close and a message of the same instant: the message lies unread in the journal', async () => {
    const { session } = await opens({ autoClose: { on: true, afterSeconds: 1_800, text: '' } });
    const assignee = await holder(session);
    const due = (await answers(session)) + 30 * MINUTE;
    const told = (await at.inbox.events(session)).length;
    // Nobody tells the workflow: it finds the message when it commits the close.
    await at.inbox.writesAgain(session, new Date(due));
    await env.sleep(31 * MINUTE);
    await at.applied(session);
    expect(await typesOf(session, told)).toEqual([
      'CloseCancelled',
      'MessageReceived',
      'WaitStarted',
    ]);
    expect(await at.inbox.row(session)).toMatchObject({ status: 'open', assignee_id: assignee });
  });

  test('R43: auto-close and a message of the same instant: the close was first', async () => {
    const { session } = await opens({ autoClose: { on: true, afterSeconds: 1_800, text: '' } });
    const assignee = await holder(session);
    const due = (await answers(session)) + 30 * MINUTE;
    const told = (await at.inbox.events(session)).length;
    await env.sleep(30 * MINUTE + SECOND);
    await at.hasStatus(session, 'done');
    await at.inbox.writesAgain(session, new Date(due));
    await at.relay(session);
    await at.applied(session);
    expect(await typesOf(session, told)).toEqual([
      'MarkedDone',
      'Opened',
      'MessageReceived',
      'WaitStarted',
      'Assigned',
    ]);
    // R4: it is back with who had it.
    expect(await at.inbox.row(session)).toMatchObject({ round: 2, assignee_id: assignee });
  });

  test('R43: a message while the closing text is being handed over: it is shown, and the session stays', async () => {
    const text = 'Tạm biệt anh chị!';
    const { session } = await opens({ autoClose: { on: true, afterSeconds: 1_800, text } });
    await answers(session);
    const told = (await at.inbox.events(session)).length;
    const { called, release } = hold(text);
    const sleeping = env.sleep(31 * MINUTE);
    await called;
    await writesNow(session);
    release();
    await sleeping;
    await until(async () => {
      await at.relay(session);
      return (await typesOf(session, told)).includes('SendAccepted');
    });
    // This server's time skips on while the platform is silent: that it is asked after is none of this story.
    const types = (await typesOf(session, told)).filter((type) => type !== 'SettlementAsked');
    expect(types).toEqual([
      'CloseStarted',
      'AttemptRecorded',
      'CloseCancelled',
      'MessageReceived',
      'WaitStarted',
      'SendAccepted',
    ]);
    expect((await at.inbox.row(session)).status).toBe('open');
    expect(at.platform.sent.filter((one) => one.text === text)).toHaveLength(1);
  });

  /** Keeps the platform from answering for a text. */
  function hold(text: string): { called: Promise<void>; release: () => void } {
    const sendText = at.platform.sendText.bind(at.platform);
    const [called, isCalled] = gate();
    const [released, release] = gate();
    vi.spyOn(at.platform, 'sendText').mockImplementation(async (by, message) => {
      if (message.text === text) {
        isCalled();
        await released;
      }
      return sendText(by, message);
    });
    return { called, release };
  }

  test('R46: the hours are loaded anew after four weeks, and a deadline behind six weeks of holidays is kept', async () => {
    await sharesTime();
    const today = Math.floor((await now()) / DAY) * DAY;
    const holidays = Array.from({ length: 45 }, (_, n) =>
      new Date(today + (n + 1) * DAY).toISOString().slice(0, 10),
    );
    // The rest of today, and half an hour of the first day after the holidays.
    const reopens = today + 46 * DAY;
    const left = Math.ceil((today + DAY - (await now())) / SECOND);
    const { session, start } = await opens(
      {
        deadline: {
          on: true,
          afterSeconds: left + 1_800,
          warnBeforeSeconds: 300,
          businessHours: true,
        },
      },
      { days: Array.from({ length: 7 }, () => without(0, 0)), holidays },
    );
    // Beyond what is known of the calendar.
    expect(await at.inbox.row(session)).toMatchObject({ due_at: null });
    vi.restoreAllMocks();
    await sharesTime(29);
    await env.sleep(47 * DAY);
    const due = (reopens - start) / MINUTE + 30;
    expect(await minutesOf(session, start, 'Warned')).toEqual([minute(due - 5)]);
    expect(await minutesOf(session, start, 'Overdue')).toEqual([minute(due)]);
    const loaded = await minutesOf(session, start, 'PolicyChanged');
    expect(loaded.slice(1)).toEqual([minute((today + 28 * DAY - start) / MINUTE)]);
  });
});

/** A day of the business hours without some minutes of it, which may go over midnight. */
function without(from: number, length: number): [from: number, to: number][] {
  const to = from + length;
  const shifts: [number, number][] =
    to > 1_440
      ? [[to - 1_440, from]]
      : [
          [0, from],
          [to, 1_440],
        ];
  return shifts.filter(([opens, closes]) => opens < closes);
}

function gate(): [opened: Promise<void>, open: () => void] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [promise, resolve];
}
