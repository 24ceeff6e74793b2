import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MessageId } from '#domain/ids.ts';
import { evolve } from '#domain/session/evolve.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import { until } from '#test/support/until.ts';
import { explainQuery, journalSignal } from '#workflows/messages.ts';
import {
  InboxAgent,
  InboxChannel,
  InboxCustomer,
  InboxDueAt,
  InboxStatus,
} from '#workflows/search-attributes.ts';
import { clocks } from '#test/activities/inbox.ts';
import { ServedInbox } from './served-inbox.ts';

let at: ServedInbox;
beforeAll(async () => {
  // A deadline far away: it shows, and never falls due here.
  const deadline = { on: true, afterSeconds: 86_400, warnBeforeSeconds: 3_600 };
  at = await ServedInbox.start({ clocks: clocks({ deadline }), interact: true });
});
afterAll(() => at.close());

describe('a session’s run', () => {
  test('opens the session with the first message and puts the next in turn in charge', async () => {
    const session = await at.openSession();
    expect(await at.inbox.row(session)).toMatchObject({ status: 'open', round: 1, run: 1 });
    expect(await at.inbox.assignments(session)).toHaveLength(1);
  });

  test('sees the session as it is committed', async () => {
    const session = await at.openSession();
    await at.hasHeard(session);
    const row = await at.inbox.row(session);
    expect(await at.view(session)).toEqual({
      session: row.state,
      version: row.version,
      waiting: 0,
    });
  });

  test('commits states that equal the fold of their events', async () => {
    const session = await at.openSession();
    for (let n = 0; n < 5; n += 1) {
      await at.inbox.writesAgain(session);
      await at.relay(session);
    }
    const { state } = await at.applied(session);
    const events = await at.inbox.events(session);
    const folded = events.map(({ event }) => event).reduce(evolve, NEW_SESSION);
    expect({ ...state, lastSeq: 0 }).toEqual({ ...folded, lastSeq: 0 });
  });

  test('ends when the session is done', async () => {
    const session = await at.openSession();
    await at.markDone(session);
    expect(await at.ended(session)).toBe('COMPLETED');
    await at.record(session, 'opened-assigned-done');
  });

  test('follows under the same id when the customer writes again', async () => {
    const session = await at.openSession();
    const first = (await at.handle(session).describe()).runId;
    await at.markDone(session);
    await at.inbox.writesAgain(session);
    await at.relay(session);
    await at.hasStatus(session, 'open');
    expect((await at.handle(session).describe()).runId).not.toBe(first);
    expect(await at.inbox.row(session)).toMatchObject({ round: 2, run: 2 });
  });

  test('that finds nothing to do ends without a commit', async () => {
    const session = await at.openSession();
    await at.markDone(session);
    const before = await at.inbox.row(session);
    await at.signal(session, 1);
    expect(await at.ended(session)).toBe('COMPLETED');
    expect(await at.inbox.row(session)).toEqual(before);
    await at.record(session, 'nothing-to-do');
  });

  test('of a session that was erased ends without a trace', async () => {
    const session = await at.inbox.newSession();
    const told = await at.told(session);
    const { runId } = await at
      .handle(session)
      .describe()
      .catch(() => ({ runId: '' }));
    expect(runId).toBe('');
    await at.relay(session).catch(() => undefined);
    await at.applied(session);
    await at.db.deleteFrom('session').where('id', '=', session).execute();
    await at.client.workflow
      .getHandle(at.handle(session).workflowId)
      .signal(journalSignal, [
        { kind: 'customer_message', seq: 2, at: Date.now(), messageId: 'm' as MessageId },
      ]);
    expect(await at.ended(session)).toBe('COMPLETED');
    expect(told.id).toBe(session);
    expect(await at.inbox.events(session)).toEqual([]);
  });

  test('waits for the newer entries when Done would overlook them', async () => {
    const session = await at.openSession();
    const { last_seq: seenSeq } = await at.inbox.page.queue(session);
    const [agent] = at.inbox.team;
    if (agent === undefined) throw new Error('no agent');
    const command = await at.inbox.asks(session, agent, { type: 'done', seenSeq });
    await at.inbox.writesAgain(session);
    // Only the command is told; the message stands in the journal all the same.
    await at.signal(session, 2);
    await at.applied(session);
    expect((await at.inbox.row(session)).status).toBe('open');
    expect((await at.inbox.command(command)).state).toBe('done');
    expect(await at.inbox.row(session)).toMatchObject({ round: 2 });
  });
});

describe('entries are taken in once and in order', () => {
  const orders: [string, number[][]][] = [
    [
      'told twice',
      [
        [2, 3, 4],
        [2, 3, 4],
      ],
    ],
    ['told one by one, backwards', [[4], [3], [2]]],
    ['with some left out', [[5], [3, 6]]],
    [
      'overlapping',
      [
        [2, 3],
        [3, 4],
        [2, 5],
        [4, 5, 6],
      ],
    ],
    ['twice in one signal, shuffled', [[4, 2, 3, 4, 2]]],
  ];
  for (const [how, signals] of orders)
    test(how, async () => {
      const session = await at.openSession();
      for (let n = 0; n < 5; n += 1) await at.inbox.writesAgain(session);
      await Promise.all(signals.map((seqs) => at.signal(session, ...seqs)));
      await until(async () => (await at.received(session)).length >= Math.max(...signals.flat()));
      await until(async () => (await at.view(session)).waiting === 0);
      const received = await at.received(session);
      expect(received).toEqual(received.map((_, index) => index + 1));
    });

  test('however many wait', async () => {
    const session = await at.openSession();
    const entry = { kind: 'agent_available' as const };
    await at.inbox.appends(session, ...Array.from({ length: 250 }, () => entry));
    await at.check(session);
    await at.applied(session);
  });

  test('a signal that nobody knows is ignored', async () => {
    const session = await at.openSession();
    await at.handle(session).signal('no such signal', 1);
    await at.inbox.writesAgain(session);
    await at.relay(session);
    await at.applied(session);
  });

  test('a signal without entries hangs nothing', async () => {
    const session = await at.openSession();
    await at.handle(session).signal('journal');
    await at.handle(session).signal('journal', 'nonsense');
    await at.inbox.writesAgain(session);
    await at.relay(session);
    await at.applied(session);
  });
});

describe('operators', () => {
  const attributes = async (session: Parameters<ServedInbox['handle']>[0]) =>
    (await at.handle(session).describe()).typedSearchAttributes;

  test('find the session by channel, customer, status, assignee and deadline', async () => {
    const session = await at.openSession();
    const row = await at.inbox.row(session);
    await until(async () => (await attributes(session)).get(InboxStatus));
    const found = await attributes(session);
    expect({
      channel: found.get(InboxChannel),
      customer: found.get(InboxCustomer),
      status: found.get(InboxStatus),
      agent: found.get(InboxAgent),
      dueAt: found.get(InboxDueAt),
    }).toEqual({
      channel: at.inbox.channel,
      customer: row.customer_id,
      status: 'open',
      agent: row.assignee_id,
      dueAt: row.due_at,
    });
  });

  test('find it by its new assignee after a take', async () => {
    const session = await at.openSession();
    const { assignee_id } = await at.inbox.row(session);
    const taker = at.inbox.team.find((agent) => agent !== assignee_id);
    if (taker === undefined) throw new Error('no colleague');
    await at.inbox.asks(session, taker, { type: 'take', from: assignee_id });
    await at.relay(session);
    await until(async () => (await attributes(session)).get(InboxAgent) === taker);
  });

  test('are told in plain words what happens next', async () => {
    const session = await at.openSession();
    const { assignee_id } = await at.inbox.row(session);
    await at.hasHeard(session);
    const words = await at.handle(session).query(explainQuery);
    expect(words).toContain(`In charge: ${assignee_id}`);
    expect(words).toContain('If nothing happens it is about to be overdue at');
    expect(words).toContain('Assigned to');
  });

  test('find a session whose run was started anew as they found it before', async () => {
    const session = await at.openSession();
    await at.handle(session).terminate('lost');
    await at.check(session);
    const { assignee_id } = await at.inbox.row(session);
    await until(async () => (await attributes(session)).get(InboxAgent) === assignee_id);
  });
});

describe('a run that is lost', () => {
  test('by termination is started again by a check and goes on', async () => {
    const session = await at.openSession();
    await at.handle(session).terminate('lost');
    await at.inbox.writesAgain(session);
    await at.check(session);
    await at.applied(session);
    expect(await at.inbox.row(session)).toMatchObject({ run: 2, version: 2, round: 1 });
  });

  test('by cancellation leaves the session as it was committed', async () => {
    const session = await at.openSession();
    const before = await at.inbox.row(session);
    await at.handle(session).cancel();
    expect(await at.ended(session)).toBe('CANCELLED');
    expect(await at.inbox.row(session)).toEqual(before);
  });

  test('by cancellation is started again by the next message', async () => {
    const session = await at.openSession();
    await at.handle(session).cancel();
    await at.ended(session);
    await at.inbox.writesAgain(session);
    await at.relay(session);
    expect(await at.applied(session)).toMatchObject({ run: 2, status: 'open' });
  });

  test('as in an older backup of Temporal’s database learns by a check what it has missed', async () => {
    const session = await at.openSession();
    await at.inbox.writesAgain(session);
    await at.inbox.commit(await at.inbox.mustTurn(session));
    await at.inbox.writesAgain(session);
    await at.check(session);
    await at.applied(session);
    expect(await at.received(session)).toEqual([1, 2, 3]);
  });

  test('cannot write any more when another run has committed', async () => {
    const session = await at.openSession();
    // Another run, as after the loss of Temporal’s database: it commits under the next number.
    await at.inbox.writesAgain(session);
    await at.inbox.commit(await at.inbox.mustTurn(session));
    await at.inbox.writesAgain(session);
    await at.relay(session);
    await at.applied(session);
    expect(await at.received(session)).toEqual([1, 2, 3]);
    expect(await at.inbox.row(session)).toMatchObject({ run: 3, version: 3 });
  });
});

describe('replies', () => {
  test('reach the platform once and end the wait', async () => {
    const session = await at.openSession();
    const { assignee_id } = await at.inbox.row(session);
    if (assignee_id === null) throw new Error('unassigned');
    const { messageId } = await at.inbox.replies(session, assignee_id);
    await at.relayUntil(session, ({ waiting_since }) => waiting_since === null);
    expect((await at.inbox.message(messageId)).state).toBe('sent');
    expect(at.platform.sent.filter(({ metadata }) => metadata === messageId)).toHaveLength(1);
    await at.record(session, 'answered');
  });

  test('keep the run of a Done session alive until their end is known', async () => {
    const session = await at.openSession();
    const { assignee_id } = await at.inbox.row(session);
    if (assignee_id === null) throw new Error('unassigned');
    at.platform.outcome = { kind: 'unknown', detail: 'reset' };
    const { messageId } = await at.inbox.replies(session, assignee_id);
    const { last_seq: seenSeq } = await at.inbox.page.queue(session);
    await at.inbox.asks(session, assignee_id, { type: 'done', seenSeq });
    await at.relayUntil(session, ({ status }) => status === 'done');
    await at.hasHeard(session);
    expect((await at.handle(session).describe()).status.name).toBe('RUNNING');
    at.platform.outcome = null;
    await at.inbox.appends(session, {
      kind: 'send_outcome',
      send: { messageId, attempt: null, result: { is: 'sent' } },
    });
    await at.relay(session);
    expect(await at.ended(session)).toBe('COMPLETED');
  });
});

describe('settings', () => {
  test('that change re-time a running session', async () => {
    const session = await at.openSession();
    const { due_at } = await at.inbox.row(session);
    const deadline = { on: true, afterSeconds: 43_200, warnBeforeSeconds: 3_600 };
    await at.db
      .updateTable('workspace')
      .set((eb) => ({
        clocks: JSON.stringify(clocks({ deadline })),
        settings_version: eb('settings_version', '+', 1),
      }))
      .execute();
    const { settings_version: version } = await at.db
      .selectFrom('workspace')
      .select('settings_version')
      .executeTakeFirstOrThrow();
    await at.inbox.appends(session, { kind: 'settings_changed', version });
    await at.relay(session);
    const row = await at.applied(session);
    expect(row.due_at?.getTime()).toBe((due_at?.getTime() ?? 0) - 43_200_000);
    expect(row.state?.policy.version).toBe(version);
    await at.record(session, 'settings-changed');
  });

  test('that a run has not heard of reach it with its next commit', async () => {
    const session = await at.openSession();
    await at.db
      .updateTable('workspace')
      .set((eb) => ({ settings_version: eb('settings_version', '+', 1) }))
      .execute();
    const { settings_version: version } = await at.db
      .selectFrom('workspace')
      .select('settings_version')
      .executeTakeFirstOrThrow();
    await at.inbox.writesAgain(session);
    await at.relay(session);
    await until(async () => (await at.inbox.row(session)).state?.policy.version === version);
  });
});
