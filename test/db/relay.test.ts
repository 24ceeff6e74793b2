import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Db, Trx } from '#db/database.ts';
import { giveBack, leaseSessions, markDelivered } from '#db/relay.ts';
import { neglectedSessions, openSessionsAfter } from '#db/watchdog.ts';
import type { SessionId } from '#domain/ids.ts';
import { TestInbox } from '#test/activities/inbox.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let at: TestInbox;
beforeEach(async () => {
  database = await testDatabase();
  at = await TestInbox.open(database.db);
});
afterEach(() => database.close());

const leased = async (by: string, limit = 10) =>
  (await leaseSessions(at.db, by, limit)).map(({ id }) => id);

describe('the relay leases', () => {
  test('sessions that wait longest first', async () => {
    const [first, second] = [await at.newSession(), await at.newSession()];
    expect(await leased('a', 1)).toEqual([first]);
    expect(await leased('a', 1)).toEqual([second]);
  });

  test('no session that another relay holds', async () => {
    await at.newSession();
    await leased('a');
    expect(await leased('b')).toEqual([]);
  });

  test('a session of a relay that died', async () => {
    const session = await at.newSession();
    await leased('a');
    await sql`update session_queue set lease_until = clock_timestamp() - interval '1 ms'`.execute(
      at.db,
    );
    expect(await leased('b')).toEqual([session]);
  });

  test('each session once, however many relays ask at once', async () => {
    const sessions: SessionId[] = [];
    for (let n = 0; n < 12; n += 1) sessions.push(await at.newSession());
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((by) => leased(by, 5)));
    expect(all.flat().sort()).toEqual([...sessions].sort());
  });

  test('nothing that was told already', async () => {
    const session = await at.newSession();
    await leased('a');
    await markDelivered(at.db, 'a', session, 1);
    expect(await leased('a')).toEqual([]);
  });

  test('a session again that has grown meanwhile', async () => {
    const session = await at.newSession();
    await leased('a');
    await at.writesAgain(session);
    await markDelivered(at.db, 'a', session, 1);
    expect(await leaseSessions(at.db, 'a', 10)).toMatchObject([{ id: session, deliveredSeq: 1 }]);
  });

  test('from what has been applied on, whatever the mark says', async () => {
    const session = await at.newSession();
    await at.serve(session);
    await at.writesAgain(session);
    expect(await leaseSessions(at.db, 'a', 10)).toMatchObject([{ id: session, deliveredSeq: 1 }]);
  });

  test('a session that could not be told only after its pause', async () => {
    const session = await at.newSession();
    await leased('a');
    await giveBack(at.db, 'a', session, 60_000);
    expect(await leased('a')).toEqual([]);
    await sql`update session_queue set not_before = clock_timestamp()`.execute(at.db);
    expect(await leaseSessions(at.db, 'a', 10)).toMatchObject([{ id: session, attempts: 1 }]);
  });

  test('others while one is being written', async () => {
    const [locked, free] = [await at.newSession(), await at.newSession()];
    await at.db.transaction().execute(async (trx) => {
      await trx
        .selectFrom('session_queue')
        .select('session_id')
        .where('session_id', '=', locked)
        .forUpdate()
        .execute();
      expect(await leased('a')).toEqual([free]);
    });
  });
});

describe('a mark', () => {
  test('is not moved by a relay that has lost its lease', async () => {
    const session = await at.newSession();
    await leased('a');
    await markDelivered(at.db, 'b', session, 1);
    expect(await at.page.queue(session)).toMatchObject({ delivered_seq: 0, lease: 'a' });
  });

  test('never goes back', async () => {
    const session = await at.newSession();
    await at.writesAgain(session);
    await leased('a');
    await markDelivered(at.db, 'a', session, 2);
    await at.writesAgain(session);
    await leased('a');
    await markDelivered(at.db, 'a', session, 1);
    expect((await at.page.queue(session)).delivered_seq).toBe(2);
  });
});

describe('nobody serves a session', () => {
  const neglected = async (db: Db = at.db) => (await neglectedSessions(db, 10)).map(({ id }) => id);
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  /** In one transaction, in which time stands still. */
  const atOneInstant = (act: (trx: Trx) => Promise<void>) => at.db.transaction().execute(act);
  const beforeNow = (seconds: number) => sql<Date>`now() - ${seconds} * interval '1 second'`;
  const journaledBefore = (trx: Trx, session: SessionId, seq: number, seconds: number) =>
    trx
      .updateTable('session_journal')
      .set({ at: beforeNow(seconds) })
      .where('session_id', '=', session)
      .where('seq', '=', seq)
      .execute();

  test('that has a deadline past for over half a minute', async () => {
    const session = await at.openSession();
    await atOneInstant(async (trx) => {
      const dueBefore = (seconds: number) =>
        trx
          .updateTable('session')
          .set({ next_due_at: beforeNow(seconds) })
          .execute();
      await dueBefore(29);
      expect(await neglected(trx)).toEqual([]);
      await dueBefore(31);
      expect(await neglected(trx)).toEqual([session]);
    });
  });

  test('that was not opened by a message of over half a minute ago', async () => {
    const [fresh, session] = [await at.newSession(), await at.newSession()];
    await atOneInstant(async (trx) => {
      await journaledBefore(trx, fresh, 1, 29);
      await journaledBefore(trx, session, 1, 31);
      expect(await neglected(trx)).toEqual([session]);
    });
  });

  test('that is open and has an entry unapplied for as long', async () => {
    const session = await at.openSession(ago(60));
    await at.writesAgain(session);
    await atOneInstant(async (trx) => {
      await journaledBefore(trx, session, 2, 29);
      expect(await neglected(trx)).toEqual([]);
      await journaledBefore(trx, session, 2, 31);
      expect(await neglected(trx)).toEqual([session]);
    });
  });

  test('but a Done one with an entry that wakes nobody is left alone', async () => {
    const session = await at.openSession(ago(60));
    await at.db.updateTable('session').set({ status: 'done' }).execute();
    await at.appends(session, { kind: 'agent_available' });
    await at.db
      .updateTable('session_journal')
      .set({ at: ago(31) })
      .where('seq', '=', 2)
      .execute();
    expect(await neglected()).toEqual([]);
  });

  test('most neglected first', async () => {
    const later = await at.newSession(ago(40));
    const first = await at.newSession(ago(90));
    expect(await neglected()).toEqual([first, later]);
  });

  test('or everyone is asked, page by page', async () => {
    const open = [await at.openSession(), await at.openSession(), await at.openSession()];
    await at.newSession();
    const page = await openSessionsAfter(at.db, '', 2);
    const rest = await openSessionsAfter(at.db, page[1]?.id ?? '', 2);
    expect([...page, ...rest].map(({ id }) => id)).toEqual([...open].sort());
  });
});
