import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rebuildFacts } from '#db/facts-rebuild.ts';
import { newId } from '#db/ids.ts';
import type { AgentId, MessageId, SessionId } from '#domain/ids.ts';
import { HOUR, MINUTE } from '#domain/instant.ts';
import type { SendResult } from '#domain/session/entry.ts';
import { isOpen } from '#domain/session/session.ts';
import { upcast } from '#domain/session/upcast.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { clocks, TestInbox } from './inbox.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const DEADLINE = clocks({ deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300 } });
const open = (options: Parameters<typeof TestInbox.open>[1] = {}) =>
  TestInbox.open(database.db, { clocks: DEADLINE, ...options });

async function factsOf(session: SessionId) {
  const { db } = database;
  const of = <Table extends 'round' | 'wait'>(table: Table) =>
    sql<Record<string, unknown>>`
      select *, ${sql.ref('xmin')}::text as written_by from ${sql.table(table)}
      where session_id = ${session} order by no
    `.execute(db);
  const [rounds, waits] = [await of('round'), await of('wait')];
  return { rounds: rounds.rows, waits: waits.rows };
}

async function countedOf(session: SessionId) {
  const { rounds, waits } = await factsOf(session);
  const without = ({ written_by: _, ...row }: Record<string, unknown>) => row;
  return { rounds: rounds.map(without), waits: waits.map(without) };
}

async function rebuiltOf(session: SessionId) {
  await database.db.transaction().execute((trx) => rebuildFacts(trx, session));
  return countedOf(session);
}

async function stateOf(at: TestInbox, session: SessionId) {
  return upcast((await at.row(session)).state);
}

/** The platform says what became of the oldest message that is on its way. */
async function settles(at: TestInbox, session: SessionId, result: SendResult): Promise<void> {
  const send = (await stateOf(at, session)).sends[0];
  if (send === undefined) return;
  const { messageId, attempt } = send;
  await at.appends(session, { kind: 'send_outcome', send: { messageId, attempt, result } });
  await at.serve(session);
}

async function answersElsewhere(at: TestInbox, session: SessionId, sentAt: number): Promise<void> {
  const messageId = newId<MessageId>();
  await at.appends(session, { kind: 'foreign_message', messageId, answer: true, sentAt });
  await at.serve(session);
}

async function closes(at: TestInbox, session: SessionId, by: AgentId): Promise<void> {
  const { last_seq: seenSeq } = await at.page.queue(session);
  await at.asks(session, by, { type: 'done', seenSeq });
  await at.serve(session);
}

describe('the facts of a session (R40)', () => {
  test('are written with the turns: opened, assigned, answered in time, done', async () => {
    const at = await open({ team: 1 });
    const [agent = '' as AgentId] = at.team;
    const session = await at.openSession();
    await at.replies(session, agent);
    await at.serve(session);
    await settles(at, session, { is: 'sent' });
    await closes(at, session, agent);
    const { rounds, waits } = await countedOf(session);
    const row = await at.row(session);
    const told = { session_id: session, no: 1, channel_id: at.channel, kind: 'message' };
    const answered = await database.db
      .selectFrom('message')
      .select('occurred_at')
      .where('session_id', '=', session)
      .where('direction', '=', 'out')
      .executeTakeFirstOrThrow();
    expect(rounds).toMatchObject([
      {
        ...told,
        opened_by: 'customer',
        first_assignee_id: agent,
        first_answer_by: agent,
        done_at: row.closed_at,
        done_by: agent,
        done_cause: 'agent',
        assignee_id: agent,
      },
    ]);
    expect(waits).toMatchObject([
      {
        ...told,
        round: 1,
        started_at: rounds[0]?.first_customer_at,
        ended_at: rounds[0]?.first_answer_at,
        ended_by: 'answered',
        outcome: 'met',
        assignee_id: agent,
        answered_by: agent,
      },
    ]);
    const sentAt = (rounds[0]?.first_answer_at as Date).getTime();
    expect(Math.abs(sentAt - answered.occurred_at.getTime())).toBeLessThan(5_000);
  });

  test('count an answer that was sent before Done and accepted after it', async () => {
    const at = await open({ team: 1 });
    const [agent = '' as AgentId] = at.team;
    const session = await at.openSession();
    await at.replies(session, agent);
    await at.serve(session);
    await closes(at, session, agent);
    expect(await countedOf(session)).toMatchObject({
      rounds: [{ first_answer_at: null }],
      waits: [{ ended_by: 'done', outcome: 'none' }],
    });
    await settles(at, session, { is: 'sent' });
    expect((await at.row(session)).status).toBe('done');
    expect(await countedOf(session)).toMatchObject({
      rounds: [{ first_answer_by: agent, done_by: agent }],
      waits: [{ ended_by: 'answered', outcome: 'met', answered_by: agent }],
    });
  });

  test('count it for its wait, though an earlier answer was the first of the round', async () => {
    const at = await open({ team: 1 });
    const [agent = '' as AgentId] = at.team;
    const session = await at.openSession();
    await at.replies(session, agent);
    await at.serve(session);
    await settles(at, session, { is: 'sent' });
    await at.writesAgain(session);
    await at.replies(session, agent);
    await at.serve(session);
    await closes(at, session, agent);
    const before = await countedOf(session);
    await settles(at, session, { is: 'sent' });
    const after = await countedOf(session);
    expect(after.rounds).toEqual(before.rounds);
    expect(before.waits).toMatchObject([{ outcome: 'met' }, { ended_by: 'done' }]);
    expect(after.waits).toMatchObject([{ outcome: 'met' }, { ended_by: 'answered' }]);
  });

  test('keep a missed deadline over an answer and over Done', async () => {
    const at = await open();
    const start = Date.now() - HOUR;
    const session = await at.openSession(new Date(start));
    await at.serve(session, { now: start + 30 * MINUTE });
    expect((await countedOf(session)).waits).toMatchObject([
      { outcome: 'missed', ended_at: null, due_at: new Date(start + 30 * MINUTE) },
    ]);
    await answersElsewhere(at, session, start + 40 * MINUTE);
    expect((await countedOf(session)).waits).toMatchObject([
      { outcome: 'missed', ended_at: new Date(start + 40 * MINUTE), answered_by: null },
    ]);
  });

  test('keep it, though the session was unassigned and the next deadline is met', async () => {
    const at = await open({ team: 1 });
    const [agent = '' as AgentId] = at.team;
    const start = Date.now() - HOUR;
    const session = await at.openSession(new Date(start));
    await at.serve(session, { now: start + 30 * MINUTE });
    await at.asks(session, agent, { type: 'unassign', from: agent });
    await at.serve(session);
    await at.asks(session, agent, { type: 'take', from: null });
    await at.serve(session);
    await answersElsewhere(at, session, Date.now());
    expect((await countedOf(session)).waits).toMatchObject([
      { outcome: 'missed', due_at: new Date(start + 30 * MINUTE), ended_by: 'answered' },
    ]);
  });

  test('call a deadline met by an answer that was sent in time and heard of late', async () => {
    const at = await open();
    const start = Date.now() - HOUR;
    const session = await at.openSession(new Date(start));
    await at.serve(session, { now: start + 30 * MINUTE });
    await answersElsewhere(at, session, start + 29 * MINUTE);
    expect((await countedOf(session)).waits).toMatchObject([{ outcome: 'met' }]);
  });

  test('are not touched by a turn that changes nothing of them', async () => {
    const at = await open();
    const session = await at.openSession();
    const before = await factsOf(session);
    await at.writesAgain(session);
    await at.serve(session);
    expect(await factsOf(session)).toEqual(before);
  });

  test('are written once, though a turn is committed twice', async () => {
    const at = await open();
    const session = await at.newSession();
    const turn = await at.mustTurn(session);
    await at.commit(turn);
    const before = await factsOf(session);
    await at.commit(turn);
    expect(await factsOf(session)).toEqual(before);
    expect(before.rounds).toHaveLength(1);
  });

  test('go with the session when it is erased', async () => {
    const at = await open();
    const session = await at.openSession();
    await at.db.deleteFrom('session').where('id', '=', session).execute();
    expect(await factsOf(session)).toEqual({ rounds: [], waits: [] });
  });

  for (const [what, act] of Object.entries({
    'answered elsewhere': (at: TestInbox, session: SessionId) =>
      answersElsewhere(at, session, Date.now()),
    'closed by hand': (at: TestInbox, session: SessionId) =>
      closes(at, session, at.team[0] ?? ('' as AgentId)),
    unassigned: async (at: TestInbox, session: SessionId) => {
      const { assignee_id: from } = await at.row(session);
      if (from === null) throw new Error('Nobody is in charge');
      await at.asks(session, from, { type: 'unassign', from });
      await at.serve(session);
    },
  }))
    test(`of a session that is older than they are, are made when it is ${what}`, async () => {
      const at = await open({ interact: true });
      const session = await at.openSession(new Date(Date.now() - HOUR));
      await database.db.deleteFrom('round').where('session_id', '=', session).execute();
      await database.db.deleteFrom('wait').where('session_id', '=', session).execute();
      await act(at, session);
      const counted = await countedOf(session);
      expect(counted.rounds).toHaveLength(1);
      expect(counted.waits).toHaveLength(1);
      expect(counted).toEqual(await rebuiltOf(session));
    });

  test('that are not known do not stop a late answer', async () => {
    const at = await open({ team: 1 });
    const [agent = '' as AgentId] = at.team;
    const session = await at.openSession();
    await at.replies(session, agent);
    await at.serve(session);
    await closes(at, session, agent);
    await database.db.deleteFrom('round').where('session_id', '=', session).execute();
    await database.db.deleteFrom('wait').where('session_id', '=', session).execute();
    await settles(at, session, { is: 'sent' });
    expect((await stateOf(at, session)).sends).toEqual([]);
  });
});

/** What may happen to a session, one after the other; minutes are how long ago it happened. */
type Act =
  | { do: 'write' | 'elsewhere' | 'time passes'; ago: number }
  | { do: 'reply' | 'take' | 'assign' | 'unassign' | 'done' | 'reopen'; by: number }
  | { do: 'settle'; result: 'sent' | 'failed' | 'unknown' | 'not_shown' }
  | { do: 'clocks'; minutes: number | null };

const ago = fc.constantFrom(0, 1, 20, 31, 45);
const by = fc.nat(2);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), ago }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('elsewhere', 'time passes' as const), ago }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('reply' as const), by }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('take', 'assign', 'unassign', 'done', 'done', 'reopen' as const),
      by,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      result: fc.constantFrom('sent', 'sent', 'sent', 'failed', 'unknown', 'not_shown' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('clocks' as const),
      minutes: fc.constantFrom(null, 5, 30, 60),
    }),
  },
);

async function perform(at: TestInbox, session: SessionId, act: Act): Promise<void> {
  const agent = ('by' in act ? at.team[act.by] : undefined) ?? ('' as AgentId);
  const state = await stateOf(at, session);
  const from = isOpen(state) ? state.assignee : null;
  switch (act.do) {
    case 'write':
      return at.writesAgain(session, new Date(Date.now() - act.ago * MINUTE));
    case 'elsewhere':
      return answersElsewhere(at, session, Date.now() - act.ago * MINUTE);
    case 'time passes':
      return void (await at.serve(session, { now: Date.now() + act.ago * MINUTE }));
    case 'reply':
      return void (await at.replies(session, agent));
    case 'take':
      return void (await at.asks(session, agent, { type: 'take', from }));
    case 'assign':
      return void (await at.asks(session, agent, { type: 'assign', from, agent }));
    case 'unassign':
      return void (from && (await at.asks(session, agent, { type: 'unassign', from })));
    case 'done': {
      const { last_seq: seenSeq } = await at.page.queue(session);
      return void (await at.asks(session, agent, { type: 'done', seenSeq }));
    }
    case 'reopen':
      return void (await at.asks(session, agent, { type: 'reopen' }));
    case 'settle':
      return settles(
        at,
        session,
        act.result === 'failed' ? { is: 'failed', reason: 'blocked' } : { is: act.result },
      );
    case 'clocks':
      return changesClocks(at, session, act.minutes);
  }
}

async function changesClocks(at: TestInbox, session: SessionId, minutes: number | null) {
  const afterSeconds = (minutes ?? 30) * 60;
  const deadline = { on: minutes !== null, afterSeconds, warnBeforeSeconds: 60 };
  const { settings_version: version } = await at.db
    .updateTable('workspace')
    .set((eb) => ({
      clocks: JSON.stringify(clocks({ deadline })),
      settings_version: eb('settings_version', '+', 1),
    }))
    .returning('settings_version')
    .executeTakeFirstOrThrow();
  await at.appends(session, { kind: 'settings_changed', version });
}

test('turn by turn the rows are those that the stored events tell, whatever happens (R40)', async () => {
  const at = await open({ team: 3, interact: true });
  const days = fc.array(fc.record({ act, isServed: fc.boolean() }), {
    minLength: 8,
    maxLength: 16,
  });
  const outcomes = new Set<unknown>();
  await fc.assert(
    fc.asyncProperty(ago, days, async (begun, steps) => {
      const begin = Date.now() - begun * MINUTE;
      const session = await at.newSession(new Date(begin));
      await changesClocks(at, session, 30);
      await at.serve(session, { now: begin });
      for (const { act: next, isServed } of steps) {
        await perform(at, session, next);
        if (isServed) await at.serve(session);
      }
      await at.serve(session);
      const counted = await countedOf(session);
      expect(await rebuiltOf(session)).toEqual(counted);
      for (const { outcome } of counted.waits) outcomes.add(outcome);
    }),
    { numRuns: Number(process.env.RUNS ?? 25), endOnFailure: true },
  );
  expect(outcomes).toEqual(new Set(['met', 'missed', 'none', null]));
});
