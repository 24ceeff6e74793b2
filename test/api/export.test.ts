import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { csvLine } from '#api/csv.ts';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, aMessage, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let admin: AgentId;
let channel: ChannelId;
let [asAdmin, asOwner, asStaff] = [] as unknown as [Caller, Caller, Caller];
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  const { db } = database;
  await aWorkspace(db);
  admin = await anAgent(db, { name: 'Admin', role: 'admin' });
  const staff = await anAgent(db);
  channel = await aChannel(db, { name: 'Shop áo dài', team: [admin, staff] });
  asAdmin = await api.as(admin);
  asStaff = await api.as(staff);
  asOwner = await api.as(await anAgent(db, { role: 'owner' }));
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  await database.db.deleteFrom('session').execute();
  await database.db.deleteFrom('audit_log').execute();
});

const url = '/api/export/sessions.csv';
const audited = () =>
  database.db.selectFrom('audit_log').select(['action', 'agent_id', 'after']).execute();

/** The lines behind the head, as far as no text has a line's end in it. */
async function lines(query: string, caller = asAdmin): Promise<string[]> {
  const answer = await caller({ url: `${url}?${query}` });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
  const [head, ...rest] = answer.body.split('\r\n');
  expect(head).toMatch(/^\uFEFFid,platform,channel,/);
  expect(rest.pop()).toBe('');
  return rest;
}

it('R55: is what the list holds, in lines that a spreadsheet reads and never runs', async () => {
  const { db } = database;
  const id = await aSessionRow(db, {
    channel,
    customer: '=HYPERLINK("http://x")',
    assignee_id: admin,
    preview: 'áo, "đỏ"',
  });
  await aSessionRow(db, { channel, customer: 'Done', status: 'done' });
  const [line, ...others] = await lines('view=main');
  expect(others).toEqual([]);
  expect(line).toContain(`${id},facebook,Shop áo dài,message,open,"'=HYPERLINK(""http://x"")"`);
  expect(line).toContain(',Admin,');
  expect(line).toContain('"áo, ""đỏ"""');
  expect(await lines('view=all')).toHaveLength(2);
  expect(await lines('view=done&kind=comment')).toEqual([]);
});

it.each([
  ['=1+1', "'=1+1"],
  ['+84912345678', "'+84912345678"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  [' =1', "' =1"],
  ['a=1', 'a=1'],
  ['a\nb', '"a\nb"'],
  [null, ''],
  [-5, '-5'],
])('writes %j as %s', (cell, written) => {
  expect(csvLine([cell])).toBe(`${written}\r\n`);
});

it('R55: is audited with its filters, but not with what was searched for', async () => {
  await lines('view=done&q=Lan&hasPhone=true');
  expect(await audited()).toEqual([
    {
      action: 'export.sessions',
      agent_id: admin,
      after: { view: 'done', hasPhone: true, searched: true },
    },
  ]);
});

it('R56, R23: only for the owner and admins, and of their channels', async () => {
  const { db } = database;
  const other = await aChannel(db, { name: 'Other' });
  await aSessionRow(db, { channel: other });
  expect((await asStaff({ url })).json().error.code).toBe('ADMINS_ONLY');
  expect(await audited()).toEqual([]);
  expect(await lines('view=all')).toEqual([]);
  expect(await lines('view=all', asOwner)).toHaveLength(1);
  expect((await api.app.inject({ url })).statusCode).toBe(401);
  expect((await asAdmin({ url: `${url}?limit=3` })).statusCode).toBe(400);
});

it('goes on behind a page, and searches as the list does', async () => {
  const { db } = database;
  for (let n = 0; n < 5; n += 1) {
    const id = await aSessionRow(db, { channel, customer: `Khách ${n}` });
    await aMessage(db, { session: id, channel, seq: 1, text: n % 2 === 0 ? 'áo' : 'váy' });
  }
  await sql`insert into customer (id, channel_id) select 'c' || n, ${channel} from generate_series(1, 2100) n`.execute(
    db,
  );
  await sql`insert into session (id, channel_id, kind, customer_id, status)
    select id, channel_id, 'message', id, 'open' from customer where name is null`.execute(db);
  expect(await lines('view=main')).toHaveLength(2_105);
  expect(await lines('view=main&q=ao')).toHaveLength(3);
});
