/** The clocks of R43–R45 in their real minutes, on a server whose time skips ahead while nothing happens. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredClocks } from '#db/stored.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import { MINUTE, SECOND } from '#domain/instant.ts';
import type { SessionEvent } from '#domain/session/event.ts';
import { clocks } from '#test/activities/inbox.ts';
import { until } from '#test/support/until.ts';
import { ServedInbox } from './served-inbox.ts';
import { timeSkippingServer } from './time-skipping-server.ts';

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
    env = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: server.path } },
    });
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

  const now = () => env.currentTimeMs();

  /** A session that a customer opens now. */
  async function opens(on: Partial<StoredClocks>): Promise<{ session: SessionId; start: number }> {
    await at.db
      .updateTable('workspace')
      .set((eb) => ({
        clocks: JSON.stringify(clocks(on)),
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

  async function answers(session: SessionId): Promise<AgentId> {
    const { assignee_id } = await at.inbox.row(session);
    if (assignee_id === null) throw new Error('unassigned');
    await at.inbox.replies(session, assignee_id);
    // The database's clock does not skip; the reply is written when the story says.
    const { last_seq } = await at.inbox.page.queue(session);
    await at.db
      .updateTable('session_journal')
      .set({ at: new Date(await now()) })
      .where('session_id', '=', session)
      .where('seq', '=', last_seq)
      .execute();
    await at.relay(session);
    await until(async () => {
      const outcome = await at.db
        .selectFrom('session_journal')
        .select('seq')
        .where('session_id', '=', session)
        .where('kind', '=', 'send_outcome')
        .executeTakeFirst();
      return outcome?.seq;
    });
    await at.db
      .updateTable('session_journal')
      .set({ at: new Date(await now()) })
      .where('session_id', '=', session)
      .where('kind', '=', 'send_outcome')
      .execute();
    await at.relayUntil(session, ({ waiting_since }) => waiting_since === null);
    return assignee_id;
  }

  test('R45: a silent session is warned after 25 minutes and overdue after 30, each once', async () => {
    const { session, start } = await opens({
      deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300 },
    });
    await env.sleep(40 * MINUTE);
    expect(await minutesOf(session, start, 'Warned')).toEqual([minute(25)]);
    expect(await minutesOf(session, start, 'Overdue')).toEqual([minute(30)]);
  });

  test('R44: it goes on to each agent of the team, and the admins hear of it once', async () => {
    const { session, start } = await opens({ reassign: { on: true, afterSeconds: 600 } });
    await env.sleep(60 * MINUTE);
    expect(await minutesOf(session, start, 'Assigned')).toEqual([
      minute(0),
      minute(10),
      minute(20),
    ]);
    expect(await minutesOf(session, start, 'Escalated')).toEqual([minute(30)]);
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
});
