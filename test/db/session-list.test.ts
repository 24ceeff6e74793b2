import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionView, type SessionView } from '#contracts/session.ts';
import type { Person } from '#db/people.ts';
import { sessionListQuery } from '#db/session-list.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, anAgent, aWorkspace } from '#test/support/workspace.ts';

const SESSIONS = 6_000;

let database: TestDatabase;
let an: AgentId;
let channels: ChannelId[];
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  await aWorkspace(db);
  an = await anAgent(db);
  const binh = await anAgent(db);
  channels = [await aChannel(db), await aChannel(db)];
  await sql`insert into customer (id, channel_id)
    select 'u' || n, (${channels}::text[])[n % 2 + 1] from generate_series(1, ${SESSIONS}::int) n`.execute(
    db,
  );
  await sql`insert into session (id, channel_id, kind, customer_id, status, assignee_id, last_message_at,
      waiting_since, overdue_at, start_seq, applied_seq, customer_seq, supporters, snoozed_until)
    select 's' || n, channel_id, 'message', customer.id, case when n % 5 < 2 then 'open' else 'done' end,
      case when n % 5 < 2 and n % 20 <> 0 then (${[an, binh]}::text[])[n / 5 % 2 + 1] end,
      now() - n * interval '1 minute', now(), case when n % 50 = 0 then now() end, 5, 5, case when n % 5 = 1 then 5 else 0 end,
      case when n % 5 < 2 and n % 30 = 0 then ${[an]}::text[] else '{}' end, case when n % 100 = 1 then now() end
    from customer, lateral (select substr(id, 2)::int as n) numbered`.execute(db);
  await sql`insert into message (id, session_id, channel_id, seq, direction, author, occurred_at, received_at, state)
    select 'm' || id, id, channel_id, 5, 'in', 'customer', now(), now(), 'received'
    from session where unanswered`.execute(db);
  await sql`analyze session, customer, message`.execute(db);
});
afterAll(() => database.close());

function seeing(view: boolean): Person {
  const rights = { inTeam: true, permission: { view, interact: false } };
  return {
    agent: an,
    name: 'An',
    email: 'an@test',
    role: 'staff',
    channels: channels.map((channel) => ({ channel, ...rights })),
  };
}

type Plan = {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
};

async function nodesOf(person: Person, view: SessionView): Promise<Plan[]> {
  const query = sessionListQuery(person, { view, limit: 50 });
  const { rows } = await database.db.transaction().execute(async (trx) => {
    // A table as small as the test's is quicker read whole; a large one must not be.
    await sql`set local enable_seqscan = off`.execute(trx);
    return sql<{ 'QUERY PLAN': [{ Plan: Plan }] }>`explain (analyze, format json) ${query}`.execute(
      trx,
    );
  });
  const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];
  return rows.flatMap((row) => flat(row['QUERY PLAN'][0].Plan));
}

describe.each([true, false])('for who sees others’ sessions: %s', (view) => {
  it.each(sessionView.options)(
    'the view %s is read from an index, and not much of it',
    async (name) => {
      const scans = (await nodesOf(seeing(view), name)).filter(
        (node) => node['Relation Name'] === 'session',
      );
      expect(scans.map((node) => node['Node Type'])).not.toContain('Seq Scan');
      const read = scans.map(
        (node) =>
          (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      );
      // A page of each channel, and what has to be passed over on the way; far from all that there is.
      expect(Math.max(...read)).toBeLessThan(SESSIONS / 3);
    },
  );
});
