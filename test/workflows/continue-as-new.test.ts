import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionId } from '#domain/ids.ts';
import { evolve } from '#domain/session/evolve.ts';
import { NEW_SESSION } from '#domain/session/session.ts';
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
    await at.hasHeard(session);
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

  test('again and again over 1 000 messages and 20 answers: nothing is lost, and the state is the fold of its events', async () => {
    const sentBefore = at.platform.sent.length;
    const session = await at.openSession();
    const first = (await at.handle(session).describe()).runId;
    const assignee = (await at.inbox.row(session)).assignee_id;
    if (assignee === null) throw new Error('unassigned');
    for (let wait = 0; wait < WAITS; wait += 1) {
      await writesALot(session, wait === 0 ? MESSAGES / WAITS - 1 : MESSAGES / WAITS);
      await at.inbox.replies(session, assignee);
      await at.relayUntil(session, ({ waiting_since }) => waiting_since === null);
    }
    const { state, round, assignee_id } = await at.applied(session);
    expect({ round, assignee_id }).toEqual({ round: 1, assignee_id: assignee });

    const journal = await at.db
      .selectFrom('session_journal')
      .select('seq')
      .where('session_id', '=', session)
      .where('kind', '=', 'customer_message')
      .orderBy('seq')
      .execute();
    expect(journal).toHaveLength(MESSAGES);
    expect(await at.received(session)).toEqual(journal.map(({ seq }) => seq));
    const events = (await at.inbox.events(session)).map(({ event }) => event);
    expect({ ...state, lastSeq: 0 }).toEqual({ ...events.reduce(evolve, NEW_SESSION), lastSeq: 0 });
    const count = (type: string) => events.filter((event) => event.type === type).length;
    expect([count('WaitStarted'), count('WaitEnded')]).toEqual([WAITS, WAITS]);
    expect(at.platform.sent).toHaveLength(sentBefore + WAITS);

    await at.hasHeard(session);
    const runs = await runsSince(session, first);
    // How many there are depends on how much comes between two turns: the faster the machine, the fewer.
    expect(runs.length).toBeGreaterThan(2);
    const now = await at.handle(session).describe();
    expect([now.runId, now.status.name]).toEqual([runs.at(-1), 'RUNNING']);
    expect(await at.view(session)).toMatchObject({ session: state, waiting: 0 });
  });
});

const MESSAGES = 1_000;
const WAITS = 20;
/** Of each wait's messages. */
const ONE_BY_ONE = 6;

/** Most of them in one delivery; the others one by one, each told while what came before is still being taken in. */
async function writesALot(session: SessionId, messages: number): Promise<void> {
  const together = messages - ONE_BY_ONE;
  await at.inbox.writesAgain(session, new Date(), together);
  await at.relay(session);
  for (let n = together; n < messages; n += 1) {
    await at.inbox.writesAgain(session);
    await at.relay(session);
  }
}

/** The runs from one on, each begun by the one before it. */
async function runsSince(session: SessionId, first: string): Promise<string[]> {
  const runs = [first];
  for (;;) {
    const next = await runAfter(session, runs.at(-1));
    if (next === null) return runs;
    runs.push(next);
  }
}

async function runAfter(session: SessionId, runId?: string): Promise<string | null> {
  const { events } = await at.handle(session, runId).fetchHistory();
  const end = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
  return end?.newExecutionRunId ?? null;
}
