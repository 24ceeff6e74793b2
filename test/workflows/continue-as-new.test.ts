import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clocks } from '#test/activities/inbox.ts';
import { until } from '#test/support/until.ts';
import { SESSION_QUEUE, SESSION_WORKFLOW } from '#workflows/messages.ts';
import { ServedInbox } from './served-inbox.ts';

let at: ServedInbox;
beforeAll(async () => {
  const deadline = { on: true, afterSeconds: 86_400, warnBeforeSeconds: 3_600 };
  at = await ServedInbox.start({
    clocks: clocks({ deadline }),
    // Long is what the test can wait for.
    changeCode: (code) => code.replace('MAX_HISTORY_EVENTS = 2000', 'MAX_HISTORY_EVENTS = 60'),
  });
});
afterAll(() => at.close());

describe('a run that continues another', () => {
  test('goes on from the state that it was given, under the same number', async () => {
    const session = await at.openSession();
    const { state, run, version } = await at.inbox.row(session);
    if (state === null) throw new Error('no state');
    await at.handle(session).terminate('continued by hand');
    const told = await at.told(session);
    const carry = { session: state, run, version };
    await at.client.workflow.start(SESSION_WORKFLOW, {
      workflowId: at.handle(session).workflowId,
      taskQueue: SESSION_QUEUE,
      args: [{ ...told, sessionId: session, carry }],
    });
    expect(await at.view(session)).toEqual({ session: state, version, waiting: 0 });
    await at.inbox.writesAgain(session);
    await at.relay(session);
    expect(await at.applied(session)).toMatchObject({ run, version: version + 1 });
    await at.record(session, 'carried-on');
  });

  test('follows by itself on a long history, and nothing is lost or done twice', async () => {
    const session = await at.openSession();
    const { runId } = await at.handle(session).describe();
    const before = await at.inbox.row(session);
    const hasContinued = async () => (await at.handle(session).describe()).runId !== runId;
    // Told again and again what it knows, until its history has become long.
    await Promise.all(Array.from({ length: 60 }, () => at.signal(session, 1)));
    await until(hasContinued);
    expect(await at.inbox.row(session)).toEqual(before);
    expect(await at.view(session)).toEqual({
      session: before.state,
      version: before.version,
      waiting: 0,
    });
    await at.inbox.writesAgain(session);
    await at.relay(session);
    expect(await at.applied(session)).toMatchObject({ run: 1, version: before.version + 1 });
    expect((await at.handle(session, runId).describe()).status.name).toBe('CONTINUED_AS_NEW');
  });
});
