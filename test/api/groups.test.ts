import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issueLogin } from '#api/sign-in.ts';
import type { AgentId, ChannelId, GroupId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { openSse } from '#test/support/sse.ts';
import { until } from '#test/support/until.ts';
import { aChannel, anAgent, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let admin: AgentId;
let asAdmin: Caller;
let asStaff: Caller;
let an: AgentId;
let binh: AgentId;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  admin = await anAgent(database.db, { name: 'Quản', role: 'admin' });
  asAdmin = await api.as(admin);
  an = await anAgent(database.db, { name: 'An' });
  binh = await anAgent(database.db, { name: 'Bình' });
  asStaff = await api.as(an);
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  const { db } = database;
  await db.deleteFrom('team_group').execute();
  await db.deleteFrom('departure').execute();
  await db.deleteFrom('line_stir').execute();
  await db.deleteFrom('audit_log').execute();
});

type Group = { id: GroupId; name: string; members: AgentId[]; version: number };

const add = (payload: object, caller = asAdmin) =>
  caller({ method: 'POST', url: '/api/groups', payload });
const change = (id: string, payload: object, caller = asAdmin) =>
  caller({ method: 'PATCH', url: `/api/groups/${id}`, payload });
const remove = (id: string, caller = asAdmin) =>
  caller({ method: 'DELETE', url: `/api/groups/${id}` });
const list = async (caller = asAdmin) =>
  (await caller({ url: '/api/groups' })).json<{ groups: Group[] }>().groups;
const aGroup = async (name: string, members: AgentId[]): Promise<Group> =>
  (await add({ name, members })).json();
const codeOf = (answer: Awaited<ReturnType<Caller>>) => [
  answer.statusCode,
  answer.json().error.code,
];

async function aChannelOf(groups: Group[], team: AgentId[] = []): Promise<ChannelId> {
  const id = await aChannel(database.db, { team });
  const listed = groups.map((group, position) => ({
    channel_id: id,
    group_id: group.id,
    position,
  }));
  await database.db.insertInto('channel_group').values(listed).execute();
  return id;
}

const departures = () =>
  database.db.selectFrom('departure').select(['agent_id', 'channel_id', 'cause']).execute();
const stirs = async () => (await database.db.selectFrom('line_stir').select('id').execute()).length;

describe('R56: groups', () => {
  it('are added, and known to everybody with their members in order', async () => {
    const answer = await add({ name: ' Bán hàng ', members: [binh, an] });
    expect(answer.statusCode).toBe(201);
    const { id } = answer.json<Group>();
    expect(await list(asStaff)).toEqual([
      { id, name: 'Bán hàng', members: [binh, an], version: 1 },
    ]);
  });

  it('are changed over the version that was loaded, with what changed written down', async () => {
    const before = await aGroup('Bán hàng', [binh, an]);
    const answer = await change(before.id, { version: 1, name: 'Sale', members: [an, binh] });
    const after = { id: before.id, name: 'Sale', members: [an, binh], version: 2 };
    expect(answer.json()).toEqual(after);
    expect(await list()).toEqual([after]);
    const log = database.db.selectFrom('audit_log').select(['agent_id', 'before', 'after']);
    expect(await log.where('action', '=', 'group.changed').execute()).toEqual([
      {
        agent_id: admin,
        before: { name: 'Bán hàng', members: [binh, an] },
        after: { name: 'Sale', members: [an, binh] },
      },
    ]);
  });

  it('are audited as far as they changed, and not when nothing did (R55)', async () => {
    const { id } = await aGroup('Bán hàng', [an]);
    await change(id, { version: 1, name: 'Bán hàng', members: [an] });
    await change(id, { version: 2, name: 'Sale', members: [an] });
    const log = database.db.selectFrom('audit_log').select(['before', 'after']);
    expect(await log.where('action', '=', 'group.changed').execute()).toEqual([
      { before: { name: 'Bán hàng' }, after: { name: 'Sale' } },
    ]);
  });

  it('of two admins who save at once, one is told', async () => {
    const { id } = await aGroup('Bán hàng', [an]);
    const answers = await Promise.all([
      change(id, { version: 1, members: [] }),
      change(id, { version: 1, members: [an, binh] }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const refused = answers.find(({ statusCode }) => statusCode === 409);
    expect(refused?.json().error).toMatchObject({ code: 'STALE_SETTINGS', field: 'version' });
  });

  it('have names of their own, however they are written', async () => {
    await aGroup('Bán Hàng', []);
    const { id } = await aGroup('Kho', []);
    const answers = [
      await add({ name: 'BÁN HÀNG' }),
      await change(id, { version: 1, name: 'bán hàng' }),
    ];
    for (const answer of answers)
      expect(answer.json().error).toMatchObject({ code: 'NAME_TAKEN', field: 'name' });
    expect((await change(id, { version: 1, name: 'KHO' })).statusCode).toBe(200);
  });

  it('of two who take one name at once, one gets it', async () => {
    const answers = await Promise.all([add({ name: 'Kho' }), add({ name: 'kho' })]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
  });

  it.each([
    ['name', { name: ' ' }],
    ['members', { name: 'A', members: ['nobody'] }],
  ])('are refused by the field %s', async (field, payload) => {
    expect((await add(payload)).json().error).toMatchObject({ code: 'INVALID', field });
    expect(await list()).toEqual([]);
  });

  it('hold each member once', async () => {
    const answer = await add({ name: 'A', members: [an, an] });
    expect(answer.json().error).toMatchObject({ code: 'INVALID', field: 'members' });
  });

  it('are made and changed by admins alone', async () => {
    const { id } = await aGroup('Kho', []);
    const answers = [
      await add({ name: 'X' }, asStaff),
      await change(id, { version: 1, members: [an] }, asStaff),
      await remove(id, asStaff),
    ];
    for (const answer of answers) expect(codeOf(answer)).toEqual([403, 'ADMINS_ONLY']);
    expect(await list()).toMatchObject([{ id, members: [] }]);
  });

  it('that are not there are not found', async () => {
    for (const answer of [await change('x', { version: 1 }), await remove('x')])
      expect(codeOf(answer)).toEqual([404, 'NOT_FOUND']);
  });
});

describe('R57: who is taken out of a group', () => {
  it('leaves the teams that they were of by it, and the line is examined', async () => {
    const group = await aGroup('Bán hàng', [an, binh]);
    const channel = await aChannelOf([group]);
    await database.db.deleteFrom('line_stir').execute();
    await change(group.id, { version: 1, members: [binh] });
    expect(await departures()).toEqual([{ agent_id: an, channel_id: channel, cause: 'left' }]);
    expect(await stirs()).toBe(1);
  });

  it('stays where they are listed, or of another group', async () => {
    const [one, other] = [await aGroup('Một', [an]), await aGroup('Hai', [an])];
    await aChannelOf([one], [an]);
    await aChannelOf([one, other]);
    await change(one.id, { version: 1, members: [] });
    expect(await departures()).toEqual([]);
  });

  it('leaves it when two admins take both places at once', async () => {
    const [one, other] = [await aGroup('Một', [an]), await aGroup('Hai', [an])];
    const channel = await aChannelOf([one, other]);
    await Promise.all([
      change(one.id, { version: 1, members: [] }),
      change(other.id, { version: 1, members: [] }),
    ]);
    expect(await departures()).toEqual([{ agent_id: an, channel_id: channel, cause: 'left' }]);
  });

  it('leaves no team as the workspace owner', async () => {
    const owner = await anAgent(database.db, { role: 'owner' });
    const group = await aGroup('Bán hàng', [owner]);
    await aChannelOf([group]);
    await change(group.id, { version: 1, members: [] });
    expect(await departures()).toEqual([]);
  });

  it('with a new name alone loses nothing', async () => {
    const group = await aGroup('Bán hàng', [an]);
    await aChannelOf([group]);
    await change(group.id, { version: 1, name: 'Sale' });
    expect(await list()).toMatchObject([{ name: 'Sale', members: [an] }]);
    expect(await departures()).toEqual([]);
  });

  it('leaves as well when the group is deleted', async () => {
    const group = await aGroup('Bán hàng', [an, binh]);
    const channel = await aChannelOf([group], [binh]);
    expect((await remove(group.id)).statusCode).toBe(204);
    expect(await list()).toEqual([]);
    expect(await departures()).toEqual([{ agent_id: an, channel_id: channel, cause: 'left' }]);
    const log = database.db.selectFrom('audit_log').select(['subject_id', 'before']);
    expect(await log.where('action', '=', 'group.deleted').execute()).toEqual([
      { subject_id: group.id, before: { name: 'Bán hàng', members: [an, binh] } },
    ]);
  });

  it('R23: is told by the open stream to forget what it shows', async () => {
    const group = await aGroup('Bán hàng', [an]);
    await aChannelOf([group]);
    const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
    const cookie = `everthread=${await issueLogin(database.db, an)}`;
    const reader = await openSse(`${address}/api/stream`, { cookie });
    await until(() => reader.lastId() !== '');
    await change(group.id, { version: 1, members: [] });
    expect((await reader.next('reset')).data).toEqual({ reason: 'rights' });
    reader.close();
  });
});
