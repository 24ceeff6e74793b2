import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentId, ChannelId, SessionId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let an: AgentId;
let binh: AgentId;
let channel: ChannelId;
let session: SessionId;
let asAn: Caller;
let asAdmin: Caller;

beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  an = await anAgent(database.db, { name: 'An' });
  binh = await anAgent(database.db, { name: 'Bình' });
  channel = await aChannel(database.db, { team: [an, binh] });
  asAn = await api.as(an);
  asAdmin = await api.as(await anAgent(database.db, { role: 'admin' }));
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  await database.db.deleteFrom('label').execute();
  await database.db.deleteFrom('audit_log').execute();
  session = await aSessionRow(database.db, { channel });
});

const add = (name: string, caller = asAdmin) =>
  caller({ method: 'POST', url: '/api/labels', payload: { name, color: '#64748b' } });
const aLabel = async (name: string): Promise<string> => (await add(name)).json().id;
const change = (id: string, payload: object, caller = asAdmin) =>
  caller({ method: 'PATCH', url: `/api/labels/${id}`, payload });
const order = (labels: unknown, caller = asAdmin) =>
  caller({ method: 'POST', url: '/api/labels/order', payload: { labels } });
const list = async () => (await asAn({ url: '/api/labels' })).json().labels;
const names = async () => (await list()).map(({ name }: { name: string }) => name);
const give = (labels: unknown, caller = asAn) =>
  caller({ method: 'PUT', url: `/api/sessions/${session}/labels`, payload: { labels } });
const namesOf = (answer: Awaited<ReturnType<typeof give>>) =>
  answer.json().labels.map(({ name }: { name: string }) => name);
const errorOf = (answer: Awaited<ReturnType<typeof give>>) => {
  const { code, field } = answer.json().error;
  return [code, field];
};
const remembered = () =>
  database.db
    .selectFrom('side_event')
    .select(['type', 'agent_id', 'detail'])
    .where('session_id', '=', session)
    .orderBy('id')
    .execute();

describe('the list of labels (R63)', () => {
  it('is kept by admins and read by everybody', async () => {
    const answer = await add(' VIP ');
    expect(answer.statusCode).toBe(201);
    const vip = { name: 'VIP', color: '#64748b', position: 0, retired: false };
    expect(answer.json()).toMatchObject(vip);
    expect(await list()).toEqual([{ id: answer.json().id, ...vip }]);
  });

  it('stands in the order that was chosen', async () => {
    const [a, b, c] = [await aLabel('A'), await aLabel('B'), await aLabel('C')];
    expect((await order([c, a])).json().labels).toMatchObject([
      { id: c, position: 0 },
      { id: a, position: 1 },
      { id: b, position: 2 },
    ]);
    expect((await change(b, { position: 0 })).json()).toMatchObject({ id: b, position: 0 });
    expect(await names()).toEqual(['B', 'C', 'A']);
    await change(b, { position: 99 });
    expect(await names()).toEqual(['C', 'A', 'B']);
    expect((await list()).map((one: { position: number }) => one.position)).toEqual([0, 1, 2]);
  });

  it('has each name once among those that are not retired', async () => {
    const vip = await aLabel('VIP');
    expect(errorOf(await add('vip'))).toEqual(['NAME_TAKEN', 'name']);
    await change(vip, { retired: true });
    const other = await aLabel('Vip');
    expect(errorOf(await change(vip, { retired: false }))).toEqual(['NAME_TAKEN', 'name']);
    expect(errorOf(await change(await aLabel('B'), { name: 'VIP' }))).toEqual([
      'NAME_TAKEN',
      'name',
    ]);
    expect((await change(other, { name: 'VIP' })).json().name).toBe('VIP');
  });

  it('takes one of two that are added under one name at once', async () => {
    const answers = await Promise.all([add('Gấp'), add('gấp')]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
  });

  it('is not written by staff (R56)', async () => {
    const vip = await aLabel('VIP');
    const answers = [await add('B', asAn), await change(vip, {}, asAn), await order([vip], asAn)];
    for (const answer of answers) expect(errorOf(answer)[0]).toBe('ADMINS_ONLY');
  });

  it.each([
    ['no name', { name: ' ' }, 'name'],
    ['a colour by its name', { color: 'red' }, 'color'],
    ['a place before the first', { position: -1 }, 'position'],
  ])('refuses %s by the field', async (_what, payload, field) => {
    expect(errorOf(await change(await aLabel('VIP'), payload))).toEqual(['INVALID', field]);
  });

  it('refuses to order what is not there', async () => {
    expect(errorOf(await order([await aLabel('A'), 'nothing']))).toEqual(['INVALID', 'labels.1']);
    expect(errorOf(await change('nothing', {}))[0]).toBe('NOT_FOUND');
  });

  it('is audited as far as it changed (R55)', async () => {
    const vip = await aLabel('VIP');
    await change(vip, { color: '#ff0000' });
    await change(vip, { color: '#ff0000' });
    const rows = database.db.selectFrom('audit_log').select(['action', 'before', 'after']);
    expect(await rows.orderBy('at').execute()).toEqual([
      { action: 'label.added', before: null, after: { name: 'VIP', color: '#64748b' } },
      { action: 'label.changed', before: { color: '#64748b' }, after: { color: '#ff0000' } },
    ]);
  });
});

describe('the labels of a session (R36)', () => {
  it('are those that were given, in the order of the list', async () => {
    const [a, b] = [await aLabel('A'), await aLabel('B')];
    expect(namesOf(await give([b, a]))).toEqual(['A', 'B']);
    expect(namesOf(await give([b]))).toEqual(['B']);
    const kept = database.db.selectFrom('session_label').select('label_id');
    expect(await kept.where('session_id', '=', session).execute()).toEqual([{ label_id: b }]);
  });

  it('are in the history one by one, with who and which (R22)', async () => {
    const [a, b] = [await aLabel('A'), await aLabel('B')];
    await give([a, b]);
    await give([b, a]);
    await give([b]);
    const of = (type: string, label: string, name: string) => ({
      type,
      agent_id: an,
      detail: { label, name },
    });
    expect(await remembered()).toEqual([
      of('label_added', a, 'A'),
      of('label_added', b, 'B'),
      of('label_removed', a, 'A'),
    ]);
  });

  it('are told to browsers when they change, and only then', async () => {
    const a = await aLabel('A');
    await give([a]);
    await give([a]);
    const news = database.db.selectFrom('change').select(['topic', 'agent_id']);
    expect(await news.where('session_id', '=', session).execute()).toEqual([
      { topic: 'session', agent_id: null },
    ]);
  });

  it('can be given on a Done session, which stays Done; no workflow hears of it', async () => {
    session = await aSessionRow(database.db, { channel, status: 'done' });
    expect((await give([await aLabel('A')])).statusCode).toBe(200);
    expect((await asAn({ url: `/api/sessions/${session}` })).json().status).toBe('done');
    const entries = database.db.selectFrom('session_journal').select('seq');
    expect(await entries.where('session_id', '=', session).execute()).toEqual([]);
  });

  it('keep one that is retired, but take none', async () => {
    const [a, b] = [await aLabel('A'), await aLabel('B')];
    await give([a]);
    await change(a, { retired: true });
    expect(namesOf(await give([b, a]))).toEqual(['A', 'B']);
    await give([b]);
    expect(errorOf(await give([b, a]))).toEqual(['INVALID', 'labels.1']);
  });

  it('of two agents at once are one of the two, and the history fits', async () => {
    const [a, b] = [await aLabel('A'), await aLabel('B')];
    const asBinh = await api.as(binh);
    await Promise.all([give([a]), give([b], asBinh), give([a, b]), give([], asBinh)]);
    const kept = await database.db
      .selectFrom('session_label')
      .select('label_id')
      .where('session_id', '=', session)
      .execute();
    const has = new Set<unknown>();
    for (const { type, detail } of await remembered())
      if (type === 'label_added') has.add(detail.label);
      else has.delete(detail.label);
    expect(has).toEqual(new Set(kept.map((row) => row.label_id)));
  });

  it.each([
    ['one that is not there', ['nothing'], 'labels.0'],
    ['what is no id', ['a b'], 'labels.0'],
    ['the same twice', ['a', 'a'], 'labels'],
    ['no list', undefined, 'labels'],
  ])('refuses %s by the field', async (_what, labels, field) => {
    expect(errorOf(await give(labels))).toEqual(['INVALID', field]);
  });

  it('need the right to act (R23)', async () => {
    const a = await aLabel('A');
    session = await aSessionRow(database.db, { channel, assignee_id: binh });
    expect((await give([a])).statusCode).toBe(404);
    const open = await aChannel(database.db, { team: [an, binh], view_each_other: true });
    session = await aSessionRow(database.db, { channel: open, assignee_id: binh });
    expect((await give([a])).statusCode).toBe(403);
    expect(await remembered()).toEqual([]);
  });
});
