import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startIntake } from '#api/intake/intake.ts';
import type { Loop } from '#api/loop.ts';
import { checkIntakeLease, holdIntakeLease, releaseIntakeLease } from '#db/intake-lease.ts';
import { replayDelivery } from '#db/parked.ts';
import { AT, fromLan, LAN, messaging, PAGE, textFromLan, toBytes } from '#test/channels/bodies.ts';
import { testDatabase, untilOneWaitsForALock, type TestDatabase } from '#test/support/database.ts';
import { until } from '#test/support/until.ts';
import { aChannel } from '#test/support/workspace.ts';
import { apps } from './intake-support.ts';

let database: TestDatabase;
let running: Loop[] = [];
beforeAll(async () => {
  database = await testDatabase();
  await aChannel(database.db, { asset_id: PAGE });
  // What Postgres refuses for a reason of its own.
  await sql`alter table message add check (text <> 'poison')`.execute(database.db);
});
afterEach(async () => {
  await Promise.all(running.map((loop) => loop.stop()));
  running = [];
  await sql`truncate message, session_journal, webhook_delivery, delivery_item, customer cascade`.execute(
    database.db,
  );
  await sql`update intake_lease set token = null, expires_at = '-infinity'`.execute(database.db);
});
afterAll(() => database.close());

function intake({ onJournal = () => {} }: { onJournal?: () => void } = {}): Loop {
  const loop = startIntake({ db: database.db, log: pino({ level: 'silent' }), apps, onJournal });
  running.push(loop);
  return loop;
}

async function delivers(...bodies: unknown[]): Promise<void> {
  await database.db
    .insertInto('webhook_delivery')
    .values(bodies.map((body) => ({ body: toBytes(body) })))
    .execute();
}

const deliveries = () =>
  database.db.selectFrom('webhook_delivery').select(['state', 'error']).orderBy('id').execute();

function allRead() {
  return until(async () => {
    const all = await deliveries();
    return all.every(({ state }) => state !== 'new') && all;
  });
}

const texts = async () => {
  const rows = await database.db.selectFrom('message').select('text').orderBy('seq').execute();
  return rows.map(({ text }) => text);
};

const text = (mid: string, words = mid) => messaging(textFromLan(mid, words));

describe('the intake', () => {
  test('reads deliveries in the order of their arrival and tells that the journal has grown', async () => {
    let told = 0;
    await delivers(text('m1'), text('m2'), text('m3'));
    intake({ onJournal: () => (told += 1) });
    expect(await allRead()).toEqual(Array(3).fill({ state: 'done', error: null }));
    expect(await texts()).toEqual(['m1', 'm2', 'm3']);
    await until(() => told > 0);
  });

  test('replaces NUL, which Postgres cannot hold', async () => {
    await delivers(text('m1', 'before\0after'));
    intake();
    await allRead();
    expect(await texts()).toEqual(['before\uFFFDafter']);
  });

  test('keeps ids above 2^53 apart', async () => {
    const from = (id: string) =>
      `{"object":"page","entry":[{"id":${PAGE},"time":${AT},"messaging":[{"sender":{"id":${id}},` +
      `"recipient":{"id":${PAGE}},"timestamp":${AT},"message":{"mid":"m${id}","text":"hi"}}]}]}`;
    await delivers(from('9007199254740993'), from('9007199254740992'));
    intake();
    await allRead();
    const customers = await database.db
      .selectFrom('customer_identity')
      .select('external_id')
      .execute();
    expect(customers.map((row) => row.external_id).sort()).toEqual([
      '9007199254740992',
      '9007199254740993',
    ]);
  });

  test('parks a body that is no JSON, even when nothing else has come', async () => {
    await delivers('{"object":"pa');
    intake();
    expect(await allRead()).toEqual([
      { state: 'parked', error: 'The body of 13 bytes is not JSON.' },
    ]);
  });

  test('parks a delivery whose body has been deleted', async () => {
    await database.db.insertInto('webhook_delivery').values({ body: null }).execute();
    intake();
    expect(await allRead()).toEqual([{ state: 'parked', error: 'The body has been deleted' }]);
  });

  test('keeps the 99 good ones of a batch with one that Postgres refuses', async () => {
    const bodies = Array.from({ length: 100 }, (_, index) =>
      text(`m${index}`, index === 42 ? 'poison' : `good ${index}`),
    );
    await delivers(...bodies);
    intake();
    const read = await allRead();
    expect(read.filter(({ state }) => state === 'done')).toHaveLength(99);
    expect(read[42]).toEqual({ state: 'parked', error: '1 of 1 items are parked' });
    expect(await texts()).toHaveLength(99);
  });

  test('takes in what was parked for a Page that has been connected since', async () => {
    const unknown = { ...fromLan, recipient: { id: '777' }, message: { mid: 'm1', text: 'hi' } };
    await delivers({ object: 'page', entry: [{ id: '777', time: AT, messaging: [unknown] }] });
    intake();
    expect(await allRead()).toEqual([{ state: 'parked', error: '1 of 1 items are parked' }]);
    await aChannel(database.db, { asset_id: '777' });
    const { id } = await database.db
      .selectFrom('webhook_delivery')
      .select('id')
      .executeTakeFirstOrThrow();
    await replayDelivery(database.db, id);
    expect(await allRead()).toEqual([{ state: 'done', error: null }]);
    expect(await texts()).toEqual(['hi']);
  });

  test('keeps the good items of a delivery with a bad one, and says which it was', async () => {
    await delivers(
      messaging(textFromLan('m1'), textFromLan('m2', 'poison'), textFromLan('m3', 'after')),
    );
    intake();
    expect(await allRead()).toEqual([{ state: 'parked', error: '1 of 3 items are parked' }]);
    expect(await texts()).toEqual(['Còn size M không?', 'after']);
    const parked = await database.db
      .selectFrom('delivery_item')
      .select(['index', 'error'])
      .where('state', '=', 'parked')
      .execute();
    expect(parked).toEqual([{ index: 1, error: 'Postgres refused it (23514)' }]);
  });

  test('leaves no gap in the journal where an item was refused', async () => {
    await delivers(
      messaging(textFromLan('m1'), textFromLan('m2', 'poison'), textFromLan('m3', 'after')),
    );
    intake();
    await allRead();
    const rows = await database.db
      .selectFrom('session_journal')
      .select('seq')
      .orderBy('seq')
      .execute();
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('takes in a delivery of a thousand items of a thousand customers', async () => {
    const items = Array.from({ length: 1_000 }, (_, index) => ({
      ...fromLan,
      sender: { id: `${LAN}${index}` },
      message: { mid: `m${index}`, text: 'hi' },
    }));
    await delivers(messaging(...items));
    intake();
    expect(await allRead()).toEqual([{ state: 'done', error: null }]);
    expect(await texts()).toHaveLength(1_000);
  });
});

describe('two intakes', () => {
  test('take in everything once', async () => {
    intake();
    intake();
    for (let batch = 0; batch < 10; batch += 1)
      await delivers(...Array.from({ length: 20 }, (_, index) => text(`m${batch}/${index}`)));
    await allRead();
    expect(await texts()).toHaveLength(200);
  });

  test('hand over when the working one ends', async () => {
    const first = intake();
    await delivers(text('m1'));
    await allRead();
    intake();
    await first.stop();
    await delivers(text('m2'));
    await allRead();
    expect(await texts()).toEqual(['m1', 'm2']);
  });

  test('do not both hold the lease', async () => {
    const { db } = database;
    expect(await holdIntakeLease(db, 'a')).toBe(true);
    expect(await holdIntakeLease(db, 'b')).toBe(false);
    expect(await holdIntakeLease(db, 'a')).toBe(true);
  });

  test('wait for the lease of one that died no longer than it lasts', async () => {
    const { db } = database;
    await holdIntakeLease(db, 'a');
    await leaseRunsOut();
    expect(await holdIntakeLease(db, 'b')).toBe(true);
  });

  test('follow at once on one that gave its lease back', async () => {
    const { db } = database;
    await holdIntakeLease(db, 'a');
    await releaseIntakeLease(db, 'a');
    expect(await holdIntakeLease(db, 'b')).toBe(true);
  });

  test('a paused one cannot go on beside its successor', async () => {
    const { db } = database;
    await holdIntakeLease(db, 'a');
    await leaseRunsOut();
    await holdIntakeLease(db, 'b');
    await expect(db.transaction().execute((trx) => checkIntakeLease(trx, 'a'))).rejects.toThrow(
      'Another intake has taken over',
    );
  });

  test('a successor begins only when the transaction of the one before is over', async () => {
    const { db } = database;
    await holdIntakeLease(db, 'a');
    await leaseRunsOut();
    let takenOver = false;
    const successor = await db.transaction().execute(async (trx) => {
      await checkIntakeLease(trx, 'a');
      const waiting = holdIntakeLease(db, 'b').then(() => (takenOver = true));
      await untilOneWaitsForALock(db);
      expect(takenOver).toBe(false);
      return { waiting };
    });
    await successor.waiting;
    expect(takenOver).toBe(true);
  });

  test('one that is frozen in the middle of a transaction loses it', async () => {
    const { db } = database;
    await holdIntakeLease(db, 'a');
    const limit = await db.transaction().execute(async (trx) => {
      await checkIntakeLease(trx, 'a');
      const { rows } = await sql<{ limit: string }>`
        select current_setting('idle_in_transaction_session_timeout') as limit`.execute(trx);
      return rows[0]?.limit;
    });
    expect(limit).toBe('2s');
  });
});

async function leaseRunsOut(): Promise<void> {
  await sql`update intake_lease set expires_at = clock_timestamp() - interval '1 ms'`.execute(
    database.db,
  );
}
