import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimAttempt } from '#db/claiming.ts';
import { lockQueues } from '#db/journal.ts';
import { ensurePartitions } from '#db/partitions.ts';
import { reportAttempt } from '#db/sending.ts';
import type { SessionId } from '#domain/ids.ts';
import { TestInbox } from '#test/activities/inbox.ts';
import { testDatabase, untilOneWaitsForALock, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ max: 25 });
});
afterAll(() => database.close());

const seqs = async (at: TestInbox, session: SessionId) => {
  const rows = await at.db
    .selectFrom('session_journal')
    .select('seq')
    .where('session_id', '=', session)
    .orderBy('seq')
    .execute();
  return rows.map(({ seq }) => seq);
};

/** 1, 2, 3 … without a gap. */
const inOrder = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('places in the journal', () => {
  test('have no gaps however many write at once', async () => {
    const at = await TestInbox.open(database.db);
    const sessions = [await at.openSession(), await at.openSession(), await at.openSession()];
    const [agent] = at.team;
    if (agent === undefined) throw new Error('no agent');
    await Promise.all(
      sessions.flatMap((session) => [
        ...repeat(20, () => at.appends(session, { kind: 'agent_available' })),
        ...repeat(20, () => at.replies(session, agent)),
      ]),
    );
    for (const session of sessions) {
      expect(await seqs(at, session)).toEqual(inOrder(41));
      expect(await at.page.queue(session)).toMatchObject({ last_seq: 41 });
    }
  });

  test('that wake a Done session are remembered apart', async () => {
    const at = await TestInbox.open(database.db);
    const session = await at.newSession();
    await at.appends(session, { kind: 'agent_available' });
    expect(await at.row(session)).toMatchObject({ start_seq: 1 });
    await at.writesAgain(session);
    expect(await at.row(session)).toMatchObject({ start_seq: 3 });
  });

  test('are ready for the relay since the first that it has not told', async () => {
    const at = await TestInbox.open(database.db);
    const session = await at.newSession();
    const { ready_since } = await at.page.queue(session);
    await at.writesAgain(session);
    expect((await at.page.queue(session)).ready_since).toEqual(ready_since);
  });

  test('are not given out while another holds the session', async () => {
    const at = await TestInbox.open(database.db);
    const session = await at.newSession();
    let appended = false;
    const appending = await at.db.transaction().execute(async (trx) => {
      await lockQueues(trx, [session]);
      const done = at.appends(session, { kind: 'agent_available' }).then(() => (appended = true));
      await untilOneWaitsForALock(at.db);
      expect(appended).toBe(false);
      return { done };
    });
    await appending.done;
    expect(await seqs(at, session)).toEqual([1, 2]);
  });
});

describe('nobody waits for somebody who waits for him', () => {
  test('while intake, turns, replies, claims and reports work on the same sessions', async () => {
    const at = await TestInbox.open(database.db, { team: 3, interact: true });
    const customers = inOrder(8).map((n) => `crowd ${n}`);
    for (const customer of customers) await at.customerWrites(customer);
    const sessions = await Promise.all(
      customers.map(async (customer) => (await at.page.session(customer)).id),
    );
    await Promise.all(sessions.map((session) => at.serve(session)));
    const [agent] = at.team;
    if (agent === undefined) throw new Error('no agent');

    let n = 0;
    const batch = () => {
      n += 1;
      const facts = shuffled(customers).map((customer, index) => ({
        type: 'message' as const,
        customer,
        mid: `${at.channel} batch ${n}/${index}`,
        text: 'Shop ơi',
        attachments: [],
        occurredAt: Date.now(),
      }));
      return at.page.takesIn(
        ...facts,
        ...shuffled(customers).map((customer) => ({
          type: 'read' as const,
          customer,
          watermark: Date.now(),
          mid: null,
        })),
      );
    };
    const turn = async (session: SessionId) => {
      const next = await at.nextTurn(session);
      if (next !== null) await at.commit(next);
    };
    const send = async (session: SessionId) => {
      const { messageId } = await at.replies(session, agent);
      await turn(session);
      const key = { sessionId: session, messageId, attempt: 1 };
      const claimed = await claimAttempt(at.db, key);
      if (claimed === null) return;
      const mid = `${at.channel} sent ${messageId}`;
      await reportAttempt(at.db, key, { result: { is: 'sent' }, mid, detail: null });
    };
    const before = await deadlocks(at);
    await Promise.all([
      inTurn(30, batch),
      ...sessions.flatMap((session) => [
        inTurn(25, () => turn(session)),
        inTurn(10, () => send(session)),
        inTurn(10, () => at.asks(session, agent, { type: 'take', from: null })),
      ]),
    ]);
    expect(await deadlocks(at)).toBe(before);
    for (const session of sessions) {
      const places = await seqs(at, session);
      expect(places).toEqual(inOrder(places.length));
    }
  });
});

describe('partitions', () => {
  test('exist for this month and the two to come', async () => {
    const names = await partitions();
    // When they were made: this run may have gone over the end of a month.
    const now = await migratedAt();
    for (const ahead of [0, 1, 2]) {
      const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1))
        .toISOString()
        .slice(0, 7)
        .replace('-', '_');
      expect(names).toContain(`webhook_delivery_${month}`);
      expect(names).toContain(`session_journal_${month}`);
    }
  });

  test('are made over the end of a year', async () => {
    await ensurePartitions(database.db, new Date('2030-12-31T23:59:59Z'));
    expect(await partitions()).toEqual(
      expect.arrayContaining(['session_journal_2030_11', 'session_journal_2031_02']),
    );
  });

  test('made again change nothing', async () => {
    await ensurePartitions(database.db, new Date());
    const before = await partitions();
    await Promise.all(repeat(4, () => ensurePartitions(database.db, new Date())));
    expect(await partitions()).toEqual(before);
  });
});

async function migratedAt(): Promise<Date> {
  const { rows } = await sql<{ at: string }>`
    select max(timestamp) as at from kysely_migration`.execute(database.db);
  return new Date(rows[0]?.at ?? NaN);
}

async function partitions(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select inhrelid::regclass::text as name from pg_inherits
    where inhparent in ('webhook_delivery'::regclass, 'session_journal'::regclass) order by 1
  `.execute(database.db);
  return rows.map(({ name }) => name);
}

async function deadlocks(at: TestInbox): Promise<number> {
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(at.db);
  return rows[0]?.deadlocks ?? 0;
}

function repeat<T>(times: number, work: () => Promise<T>): Promise<T>[] {
  return Array.from({ length: times }, work);
}

async function inTurn(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < times; n += 1) await work();
}

function shuffled<T>(all: readonly T[]): T[] {
  return [...all].sort(() => Math.random() - 0.5);
}
