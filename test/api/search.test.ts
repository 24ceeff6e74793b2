import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentId, ChannelId, LabelId, SessionId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import {
  aChannel,
  aMessage,
  anAgent,
  aSessionRow,
  aWorkspace,
  type SessionOptions,
} from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let [an, binh] = [] as unknown as [AgentId, AgentId];
let [page, shop] = [] as unknown as [ChannelId, ChannelId];
let [asAn, asBinh] = [] as unknown as [Caller, Caller];

beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  const { db } = database;
  await aWorkspace(db);
  an = await anAgent(db, { name: 'An' });
  binh = await anAgent(db, { name: 'Bình' });
  page = await aChannel(db, { team: [an, binh] });
  shop = await aChannel(db, { team: [an], platform: 'instagram' });
  asAn = await api.as(an);
  asBinh = await api.as(binh);
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  await database.db.deleteFrom('session').execute();
});

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 8, minutes));
const session = (customer: string, options: Partial<SessionOptions> = {}) =>
  aSessionRow(database.db, { channel: page, customer, ...options });
const says = (id: SessionId, seq: number, text: string) =>
  aMessage(database.db, { session: id, channel: page, seq, text });
const url = (query: Record<string, string>) =>
  `/api/sessions?${new URLSearchParams(query).toString()}`;
async function names(query: Record<string, string>, caller = asAn): Promise<string[]> {
  const answer = await caller({ url: url(query) });
  expect(answer.statusCode).toBe(200);
  return answer.json().sessions.map((row: { customer: { name: string } }) => row.customer.name);
}
const counts = async (query = '', caller = asAn) =>
  (await caller({ url: `/api/sessions/counts${query}` })).json();

describe('R20: views', () => {
  it('a snoozed session is in no view but its own, and in no number of the menu', async () => {
    const snoozed_until = new Date(Date.now() + 3_600_000);
    const id = await session('asleep', { assignee_id: an, snoozed_until, overdue_at: at(1) });
    await says(id, 1, 'Alo?');
    for (const view of ['main', 'mine', 'unread', 'overdue', 'unassigned', 'supporting', 'done'])
      expect(await names({ view })).toEqual([]);
    expect(await names({ view: 'snoozed' })).toEqual(['asleep']);
    expect(await names({ view: 'all' })).toEqual(['asleep']);
    expect(await counts()).toMatchObject({ main: 0, mine: 0, unread: 0, overdue: 0, snoozed: 1 });
    expect((await counts()).menu).toEqual({ message: 0, comment: 0 });
    expect(await names({ view: 'snoozed' }, asBinh)).toEqual([]);
    const [row] = (await asAn({ url: url({ view: 'snoozed' }) })).json().sessions;
    expect(row.snoozedUntil).toBe(snoozed_until.toISOString());
  });

  it('R18, R23: who supports a session sees it, finds it under Supporting, and its messages in the menu', async () => {
    const id = await session('helped', { assignee_id: an, supporters: [binh], overdue_at: at(1) });
    await says(id, 1, 'Alo?');
    await session('of An', { assignee_id: an });
    for (const view of ['main', 'supporting', 'unread', 'overdue', 'all'])
      expect(await names({ view }, asBinh)).toEqual(['helped']);
    for (const view of ['mine', 'unassigned', 'snoozed', 'done'])
      expect(await names({ view }, asBinh)).toEqual([]);
    expect(await counts('', asBinh)).toMatchObject({
      main: 1,
      mine: 0,
      supporting: 1,
      unread: 1,
      menu: { message: 1, comment: 0 },
    });
    const [row] = (await asBinh({ url: url({ view: 'supporting' }) })).json().sessions;
    expect(row).toMatchObject({ supporting: true, supporters: [{ id: binh, name: 'Bình' }] });
    const detail = await asBinh({ url: `/api/sessions/${id}` });
    expect(detail.json()).toMatchObject({ access: 'act', supporting: true });
    expect(await names({ view: 'supporting' })).toEqual([]);
  });

  it('of an assignee hold what they have, and among the Done what they had', async () => {
    await session('now', { assignee_id: binh, supporters: [an] });
    await session('late', { assignee_id: binh, supporters: [an], overdue_at: at(1) });
    await session('before', { status: 'done', assignee_id: binh });
    await session('another’s', { status: 'done', assignee_id: an });
    const of = async (view: string, caller?: Caller) =>
      (await names({ view, assignee: binh }, caller)).sort();
    expect(await of('main')).toEqual(['late', 'now']);
    expect(await of('supporting')).toEqual(['late', 'now']);
    expect(await of('overdue')).toEqual(['late']);
    expect(await of('done', asBinh)).toEqual(['before']);
    expect(await of('all', asBinh)).toEqual(['before', 'late', 'now']);
    // R23: colleagues see each other's Done sessions only with "view".
    expect(await of('done')).toEqual([]);
    expect(await of('all')).toEqual(['late', 'now']);
    expect([await of('mine'), await of('unassigned')]).toEqual([[], []]);
  });
});

describe('R20: filters', () => {
  it('labels, which the rows show in their order', async () => {
    const { db } = database;
    const [vip, refund] = ['vip', 'refund'] as [LabelId, LabelId];
    const color = '#64748b';
    await db
      .insertInto('label')
      .values([
        { id: vip, name: 'VIP', color, position: 1 },
        { id: refund, name: 'Hoàn tiền', color, position: 0 },
      ])
      .execute();
    const id = await session('both');
    await session('none');
    const given = [vip, refund].map((label) => ({ session_id: id, label_id: label }));
    await db.insertInto('session_label').values(given).execute();
    expect(await names({ label: vip })).toEqual(['both']);
    expect(await names({ label: vip, q: 'none' })).toEqual([]);
    const [row] = (await asAn({ url: url({ label: refund }) })).json().sessions;
    expect(row.labels).toEqual([
      { id: refund, name: 'Hoàn tiền', color },
      { id: vip, name: 'VIP', color },
    ]);
  });

  it('post, time, platform and channel, several at once', async () => {
    const comment = { kind: 'comment' as const, post_id: 'p1' };
    await session('early', { ...comment, last_message_at: at(1) });
    await session('late', { ...comment, last_message_at: at(9) });
    await session('elsewhere', { kind: 'comment', post_id: 'p2', last_message_at: at(5) });
    await session('gram', { channel: shop, last_message_at: at(3) });
    expect(await names({ post: 'p1' })).toEqual(['late', 'early']);
    const [from, to] = [at(3).toISOString(), at(9).toISOString()];
    expect(await names({ from, to })).toEqual(['elsewhere', 'gram']);
    expect(await names({ from, post: 'p1' })).toEqual(['late']);
    expect(await names({ platform: 'instagram' })).toEqual(['gram']);
    expect(await names({ platform: 'instagram', channel: page })).toEqual([]);
    expect(await names({ platform: 'instagram' }, asBinh)).toEqual([]);
    expect(await counts('?platform=instagram')).toMatchObject({ main: 1, unassigned: 1 });
  });

  it('"has phone number" and "window closing soon"', async () => {
    const { db } = database;
    const hours = (ago: number) => new Date(Date.now() - ago * 3_600_000);
    const id = await session('soon', { window_from: hours(23) });
    await session('later', { window_from: hours(21) });
    await session('over', { window_from: hours(25) });
    await session('comment', { kind: 'comment', window_from: hours(23) });
    const { customer_id } = await db
      .selectFrom('session')
      .select('customer_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const phone = { customer_id, kind: 'phone' as const, value: '+84912345678' };
    await db.insertInto('customer_contact').values(phone).execute();
    expect(await names({ closing: 'true' })).toEqual(['soon']);
    expect((await names({ closing: 'false' })).sort()).toEqual(['comment', 'later', 'over']);
    expect(await names({ hasPhone: 'true' })).toEqual(['soon']);
    expect(await names({ hasPhone: 'true', closing: 'false' })).toEqual([]);
    expect(await names({ hasPhone: 'false' })).toHaveLength(3);
  });

  it.each([
    ['from', 'yesterday'],
    ['hasPhone', 'maybe'],
    ['platform', 'telegram'],
    ['q', ' '],
    ['label', 'a b'],
  ])('refuses %s=%s by its field', async (field, value) => {
    const answer = await asAn({ url: url({ [field]: value }) });
    expect(answer.json().error).toMatchObject({ code: 'INVALID', field });
  });
});

describe('R20: search', () => {
  beforeEach(async () => {
    const lan = await session('Nguyễn Thị Lan', { last_message_at: at(3) });
    const minh = await session('Trần Minh', { status: 'done', last_message_at: at(2) });
    const secret = await session('Lan bí mật', { assignee_id: binh, last_message_at: at(1) });
    await says(lan, 1, 'Áo dài/quần màu ĐỎ còn không?');
    await says(minh, 1, 'Gọi mình 0912.345.678 nhé');
    await says(secret, 1, 'áo dài');
    const { db } = database;
    const { customer_id } = await db
      .selectFrom('session')
      .select('customer_id')
      .where('id', '=', minh)
      .executeTakeFirstOrThrow();
    const phone = { customer_id, kind: 'phone' as const, value: '+84912345678' };
    await db.insertInto('customer_contact').values(phone).execute();
  });

  it.each([
    ['a name without its accents', 'nguyen lan', ['Nguyễn Thị Lan']],
    ['words of a message in any order', 'do ao', ['Nguyễn Thị Lan']],
    ['the beginning of the last word', 'con khô', ['Nguyễn Thị Lan']],
    ['not of the others', 'kh con', []],
    ['a word behind a stroke', 'QUẦN', ['Nguyễn Thị Lan']],
    ['words of two messages', 'ao goi', []],
    ['a phone number', '0912345678', ['Trần Minh']],
    ['a phone number as it is written abroad', '+84 912 345 678', ['Trần Minh']],
    ['the end of one', '345678', ['Trần Minh']],
    ['too little of one', '678', ['Trần Minh']],
    ['signs alone', '?!', []],
    ['what would be an operator', "lan & ! ' | :*", ['Nguyễn Thị Lan']],
  ])('finds %s', async (_what, q, found) => {
    expect(await names({ view: 'all', q })).toEqual(found);
  });

  it('R23: finds nothing of what one may not see', async () => {
    expect(await names({ view: 'all', q: 'ao dai' })).toEqual(['Nguyễn Thị Lan']);
    expect(await names({ view: 'all', q: 'lan' }, asBinh)).toEqual([
      'Nguyễn Thị Lan',
      'Lan bí mật',
    ]);
    expect(await names({ view: 'done', q: 'lan' })).toEqual([]);
  });

  it('forgets what was taken back, and knows what was edited', async () => {
    const { db } = database;
    await db.updateTable('message').set({ text: 'váy' }).where('text', '=', 'áo dài').execute();
    expect(await names({ q: 'ao dai' }, asBinh)).toEqual(['Nguyễn Thị Lan']);
    expect(await names({ q: 'vay' }, asBinh)).toEqual(['Lan bí mật']);
    await db.updateTable('message').set({ text: null }).execute();
    expect(await names({ q: 'vay' }, asBinh)).toEqual([]);
  });
});
