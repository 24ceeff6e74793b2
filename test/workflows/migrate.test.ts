/** The word to carry a run over to a newer program: at the next quiet moment, with nothing lost and nothing done twice. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionId } from '#domain/ids.ts';
import { evolve } from '#domain/session/evolve.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
import { clocks } from '#test/activities/inbox.ts';
import { untilListed } from '#test/support/temporal.ts';
import { until } from '#test/support/until.ts';
import { InboxStatus } from '#workflows/search-attributes.ts';
import { tellIfRunning } from '#workflows/tell-session.ts';
import { ServedInbox } from './served-inbox.ts';

let at: ServedInbox;
beforeAll(async () => {
  const deadline = { on: true, afterSeconds: 86_400, warnBeforeSeconds: 3_600 };
  at = await ServedInbox.start({ clocks: clocks({ deadline }) });
});
afterAll(() => at.close());

const runOf = async (session: SessionId) => (await at.handle(session).describe()).runId;

const continued = (session: SessionId, from: string) =>
  until(async () => {
    const { status } = await at.handle(session, from).describe();
    return status.name === 'CONTINUED_AS_NEW';
  });

async function migrates(session: SessionId): Promise<void> {
  await at.inbox.appends(session, { kind: 'migrate' });
  await at.relay(session);
}

async function answers(session: SessionId): Promise<void> {
  const { assignee_id } = await at.inbox.row(session);
  if (assignee_id === null) throw new Error('unassigned');
  await at.inbox.replies(session, assignee_id);
}

describe('the word to migrate', () => {
  test('carries a quiet session over: the same state, the same number, one workflow', async () => {
    const session = await at.openSession();
    const run = await runOf(session);
    const before = await at.inbox.row(session);
    await migrates(session);
    await continued(session, run);
    const after = await at.inbox.row(session);
    expect({ ...after.state, lastSeq: 0 }).toEqual({ ...before.state, lastSeq: 0 });
    expect(after).toMatchObject({
      run: before.run,
      version: before.version + 1,
      applied_seq: before.applied_seq + 1,
      due_at: before.due_at,
    });
    expect(await at.view(session)).toEqual({
      session: after.state,
      version: after.version,
      waiting: 0,
    });
    // What it shows of itself goes with it.
    const { typedSearchAttributes } = await at.handle(session).describe();
    expect(typedSearchAttributes.get(InboxStatus)).toBe('open');
    await untilListed(at.client, at.handle(session).workflowId, ['CONTINUED_AS_NEW', 'RUNNING']);
    await at.inbox.writesAgain(session);
    await at.relay(session);
    expect(await at.applied(session)).toMatchObject({ run: 1, version: after.version + 1 });
    expect(await runOf(session)).not.toBe(run);
    await at.record(session, 'migrated', run);
    await at.record(session, 'after-migration');
  });

  test('is followed once, however often it is told', async () => {
    const session = await at.openSession();
    const run = await runOf(session);
    await migrates(session);
    await continued(session, run);
    const next = await runOf(session);
    await at.signal(session, 2);
    await at.signal(session, 2, 1);
    await at.inbox.writesAgain(session);
    await at.relay(session);
    await at.applied(session);
    expect(await runOf(session)).toBe(next);
  });

  test('among messages: all of them are taken in once, before or after', async () => {
    const session = await at.openSession();
    const run = await runOf(session);
    await at.inbox.writesAgain(session, new Date(), 10);
    await at.inbox.appends(session, { kind: 'migrate' });
    await at.inbox.writesAgain(session, new Date(), 10);
    await at.relay(session);
    for (let n = 0; n < 10; n += 1) {
      await at.inbox.writesAgain(session);
      await at.relay(session);
    }
    await continued(session, run);
    const { state } = await at.applied(session);
    const events = (await at.inbox.events(session)).map(({ event }) => event);
    expect(await at.received(session)).toHaveLength(31);
    expect({ ...state, lastSeq: 0 }).toEqual({ ...events.reduce(evolve, NEW_SESSION), lastSeq: 0 });
  });

  test('waits for a reply that is on its way, and sends it once', async () => {
    const session = await at.openSession();
    const run = await runOf(session);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const sendText = at.platform.sendText.bind(at.platform);
    let calls = 0;
    at.platform.sendText = async (...call) => {
      calls += 1;
      await released;
      return sendText(...call);
    };
    await answers(session);
    await at.relay(session);
    await until(() => calls === 1);
    await migrates(session);
    await at.applied(session);
    await at.hasHeard(session);
    expect((await at.handle(session, run).describe()).status.name).toBe('RUNNING');
    release();
    await at.relayUntil(session, ({ waiting_since }) => waiting_since === null);
    await continued(session, run);
    at.platform.sendText = sendText;
    expect(calls).toBe(1);
    expect(await at.view(session)).toMatchObject({ session: { sends: [], unsent: [] } });
  });

  test('lets no clock stand still', async () => {
    await at.db
      .updateTable('workspace')
      .set((eb) => ({
        clocks: JSON.stringify(
          clocks({ deadline: { on: true, afterSeconds: 4, warnBeforeSeconds: 1 } }),
        ),
        settings_version: eb('settings_version', '+', 1),
      }))
      .execute();
    const session = await at.openSession();
    const run = await runOf(session);
    const { due_at } = await at.inbox.row(session);
    await migrates(session);
    await continued(session, run);
    const late = await until(async () =>
      (await at.inbox.events(session)).find(({ event }) => event.type === 'Overdue'),
    );
    expect(late.event).toMatchObject({ dueAt: Number(due_at) });
    const types = (await at.inbox.events(session)).map(({ event }) => event.type);
    expect(types.filter((type) => type === 'Warned' || type === 'Overdue')).toEqual([
      'Warned',
      'Overdue',
    ]);
  });

  test('wakes no session that is done; the next round serves as before', async () => {
    const session = await at.openSession();
    await at.markDone(session);
    const run = await runOf(session);
    await at.inbox.appends(session, { kind: 'migrate' });
    const { last_seq: seq } = await at.inbox.page.queue(session);
    await tellIfRunning(at.client, await at.told(session), [
      { kind: 'migrate', seq, at: Date.now() },
    ]);
    expect(await at.inbox.row(session)).toMatchObject({ status: 'done', round: 1 });
    expect(await runOf(session)).toBe(run);
    await at.inbox.writesAgain(session);
    await at.relay(session);
    await at.hasStatus(session, 'open');
    expect(await at.applied(session)).toMatchObject({ round: 2, run: 2 });
    expect(await at.received(session)).toHaveLength(2);
  });
});
