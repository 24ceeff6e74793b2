/**
 * Queries that run all day can be answered by an index, however much piles up beside what they look for. The tables
 * here are small, so the planner is told to look up row by row: a plan that still reads a whole one has no index to
 * go by.
 */
import { Kysely, PostgresDialect, sql, type CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimProfiles } from '#db/profiles.ts';
import { encodeCursor } from '#db/cursor.ts';
import type { Db } from '#db/database.ts';
import { nextDeliveries } from '#db/delivery-queue.ts';
import { knownMessages, lockSessions, tombstonesOf } from '#db/ingest.ts';
import { customersInThreads, namelessMessages, sessionsOfMids } from '#db/ingest-threads.ts';
import { listNotifications, readNotification } from '#db/notification-list.ts';
import { entriesAfter } from '#db/journal.ts';
import { readLag } from '#db/lag.ts';
import type { Person } from '#db/people.ts';
import { markRead, markUnread } from '#db/read-marks.ts';
import { leaseSessions } from '#db/relay.ts';
import type { Database } from '#db/schema.ts';
import { readSession } from '#db/session-detail.ts';
import { countViews } from '#db/session-counts.ts';
import { listSessions } from '#db/session-list.ts';
import { walkQuery } from '#db/session-search.ts';
import { readThread } from '#db/thread.ts';
import { lockForTurn, unreadDelivery } from '#db/turns.ts';
import { neglectedSessions, openSessionsAfter } from '#db/watchdog.ts';
import type { ChannelId, LabelId, SessionId } from '#domain/ids.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, anAgent, aWorkspace } from '#test/support/workspace.ts';

const SESSIONS = 2_000;
const OPEN = 200;
/** Small tables are read whole, and rightly so; these grow. */
const GROWING = [
  'customer',
  'customer_contact',
  'customer_identity',
  'message',
  'notification',
  'read_mark',
  'session',
  'session_event',
  'session_journal',
  'session_queue',
  'tombstone',
  'webhook_delivery',
];

let database: TestDatabase;
let channel: ChannelId;
let person: Person;
const session = 's00042' as SessionId;

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  await aWorkspace(db);
  const agent = await anAgent(db, { role: 'owner' });
  channel = await aChannel(db);
  const permission = { view: false, interact: false };
  const channels = [{ channel, inTeam: true, permission }];
  person = { agent, name: 'Mai', email: 'mai@test', role: 'owner', channels };
  await fill(db);
});
afterAll(() => database.close());

/** Two thousand sessions, two hundred of them open, one in fifty with something to do. */
async function fill(db: Db): Promise<void> {
  for (const statement of [
    sql`insert into customer (id, channel_id, profile_due_at)
      select 'c' || lpad(n::text, 5, '0'), ${channel}, case when n % 50 = 0 then now() end
      from generate_series(1, ${SESSIONS}::int) n`,
    sql`insert into customer_identity select channel_id, 'x' || id, id from customer`,
    sql`insert into session (id, channel_id, kind, customer_id, status, start_seq, applied_seq, next_due_at)
      select 's' || lpad(n::text, 5, '0'), ${channel}, 'message', 'c' || lpad(n::text, 5, '0'),
        case when n <= ${OPEN} then 'open' else 'done' end, 4, 4, case when n <= ${OPEN} then now() end
      from generate_series(1, ${SESSIONS}::int) n`,
    sql`insert into session_queue (session_id, last_seq, delivered_seq, ready_since)
      select id, 4, case when customer_id like '%00' then 3 else 4 end,
        case when customer_id like '%00' then now() end from session`,
    sql`insert into session_journal (session_id, seq, kind, at, fact)
      select id, seq, 'customer_message', date_trunc('month', now()) + (seq - 2) * interval '1 month',
        '{"kind": "customer_message"}'
      from session, generate_series(1, 4) seq`,
    sql`insert into message (id, session_id, channel_id, seq, direction, author, mid, text, occurred_at, received_at, state)
      select s.id || '/' || seq, s.id, s.channel_id, seq, 'in', 'customer', 'mid ' || s.id || '/' || seq, 'text',
        now(), now(), 'received' from session s, generate_series(1, 4) seq`,
    sql`insert into read_mark select ${person.agent}, id, 3, case when customer_id like '%00' then 4 end from session`,
    sql`insert into notification (id, agent_id, session_id, type, popup, read_at)
      select 'n' || id, ${person.agent}, id, 'assigned', false, case when customer_id not like '%00' then now() end
      from session`,
    sql`insert into tombstone (channel_id, mid) select channel_id, 'gone ' || id from session`,
    sql`insert into webhook_delivery (received_at, body, state)
      select date_trunc('month', now()) + (n % 4 - 1) * interval '1 month', 'body',
        case when n % 500 = 0 then 'new' else 'done' end from generate_series(1, 4000) n`,
  ])
    await statement.execute(db);
  await sql`analyze`.execute(db);
}

const lookups = [{ channelId: 'c' as ChannelId, mid: 'mid s00042/3' }];

const hot: [string, (db: Db) => Promise<unknown>][] = [
  ['which deliveries are to be read', (db) => nextDeliveries(db, 100)],
  [
    'which messages are known',
    (db) => inTransaction(db, (trx) => knownMessages(trx, lookups, ['s00042/4'])),
  ],
  [
    'which messages have a tombstone',
    (db) => inTransaction(db, (trx) => tombstonesOf(trx, lookups)),
  ],
  [
    'the conversations of a batch',
    (db) =>
      inTransaction(db, (trx) =>
        lockSessions(
          trx,
          [{ channelId: channel, kind: 'message', post: '', externalId: 'xc00042' }],
          [],
        ),
      ),
  ],
  [
    'the customers in a thread of comments',
    (db) =>
      inTransaction(db, (trx) => customersInThreads(trx, [{ channelId: channel, root: 'c1' }])),
  ],
  [
    'what of ours has no name yet',
    (db) =>
      inTransaction(db, (trx) =>
        namelessMessages(trx, {
          sessions: [session],
          threads: [{ channelId: channel, root: 'c1' }],
        }),
      ),
  ],
  ['the sessions of comments', (db) => inTransaction(db, (trx) => sessionsOfMids(trx, lookups))],
  ['which sessions are to be told', (db) => leaseSessions(db, 'test', 32)],
  ['what they are to be told', (db) => entriesAfter(db, session, 2, 100)],
  ['the row of a turn', (db) => inTransaction(db, (trx) => lockForTurn(trx, session))],
  ['whether deliveries lie unread', (db) => inTransaction(db, (trx) => unreadDelivery(trx, null))],
  ['which sessions nobody serves', (db) => neglectedSessions(db, 200)],
  ['which sessions are open', (db) => openSessionsAfter(db, '', 200)],
  ['whose profile is wanted', (db) => claimProfiles(db, 4)],
  ['how far behind the loops are', (db) => readLag(db)],
  ['what is unread', (db) => listSessions(db, person, { view: 'unread', limit: 50 })],
  ['what is found by a word', (db) => search(db, 'text')],
  ['what is found by a phone number', (db) => search(db, '0912345678')],
  ['what is found by going through', (db) => walkQuery(person, searched('text'), 150).execute(db)],
  ['who supports', (db) => listSessions(db, person, { view: 'supporting', limit: 50 })],
  ['everything', (db) => listSessions(db, person, { view: 'all', limit: 50 })],
  ['the counters', (db) => countViews(db, person, {})],
  ['the counters of one kind', (db) => countViews(db, person, { kind: 'comment' })],
  [
    'the counters behind filters',
    (db) => countViews(db, person, { label: 'l' as LabelId, hasPhone: true, closing: true }),
  ],
  ['one session', (db) => readSession(db, person, session)],
  ['that a session was read', (db) => markRead(db, person, { sessionId: session, seq: 4 })],
  ['that it is not', (db) => markUnread(db, person, { sessionId: session })],
  ['what somebody is told', (db) => listNotifications(db, person, { unread: true, limit: 50 })],
  [
    'what somebody was told before',
    (db) =>
      listNotifications(db, person, {
        unread: false,
        limit: 50,
        cursor: encodeCursor(['2026-11-22 08:00:00+00', 'ns00042']),
      }),
  ],
  ['that it was read', (db) => readNotification(db, person, 'ns00100')],
  ['a session’s thread', (db) => readThread(db, person, { session, limit: 30 })],
];

describe('reads by an index', () => {
  for (const [what, query] of hot)
    test(what, async () => {
      expect(await readsWhole(query)).toEqual([]);
    });
});

function searched(q: string) {
  return { view: 'all' as const, limit: 50, q };
}

function search(db: Db, q: string) {
  return listSessions(db, person, searched(q));
}

function inTransaction<T>(db: Db, read: (trx: Parameters<typeof knownMessages>[0]) => Promise<T>) {
  return db.transaction().execute(read);
}

/** What the statements of a function would read from end to end. */
async function readsWhole(query: (db: Db) => Promise<unknown>): Promise<string[]> {
  const statements: CompiledQuery[] = [];
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log: (event) => void statements.push(event.query),
  });
  try {
    await query(db);
    const client = await pool.connect();
    await client.query(
      'set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off',
    );
    const { rows: partial } = await client.query(
      'select indexrelid::regclass::text as name from pg_index where indpred is not null',
    );
    const names = new Set<string>(partial.map((row) => row.name));
    const whole: string[] = [];
    for (const { sql: text, parameters } of statements.filter(isQuery)) {
      // Planned for these values, and for any: a prepared statement may be run by either plan.
      const own = await client.query(`explain (format json) ${text}`, [...parameters]);
      const generic = await client.query(`explain (format json, generic_plan) ${text}`);
      for (const { rows } of [own, generic])
        whole.push(...readWhole(rows[0]['QUERY PLAN'][0].Plan, names));
    }
    client.release();
    return whole;
  } finally {
    await db.destroy();
  }
}

function isQuery({ sql: text }: CompiledQuery): boolean {
  return /^\s*(select|with|update|insert|delete)\b/i.test(text);
}

type Plan = {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: Plan[];
};

/** Tables and indexes that a plan goes through from end to end. A partial index is short and may be. */
function readWhole(plan: Plan, partial: ReadonlySet<string>): string[] {
  const table = plan['Relation Name'] ?? '';
  const index = plan['Index Name'];
  const isGrowing = GROWING.some((name) => table === name || table.startsWith(`${name}_2`));
  const isWhole =
    index === undefined
      ? plan['Node Type'] === 'Seq Scan'
      : plan['Index Cond'] === undefined && !partial.has(index);
  return [
    ...(isGrowing && isWhole ? [index ?? table] : []),
    ...(plan.Plans ?? []).flatMap((part) => readWhole(part, partial)),
  ];
}
