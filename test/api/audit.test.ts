import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordAudit } from '#db/audit.ts';
import type { AgentId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { anAgent, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let admin: AgentId;
let an: AgentId;
let asAdmin: Caller;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  const { db } = database;
  await aWorkspace(db);
  admin = await anAgent(db, { name: 'Quản', role: 'admin' });
  an = await anAgent(db, { name: 'An' });
  asAdmin = await api.as(admin);
  const channel = { type: 'channel', id: 'c1' };
  const person = { type: 'agent', id: an };
  await recordAudit(db, {
    agent: null,
    action: 'workspace.made',
    subject: { type: 'workspace', id: null },
  });
  await recordAudit(db, {
    agent: admin,
    action: 'channel.assignment.changed',
    subject: channel,
    before: { sticky: true },
    after: { sticky: false },
  });
  await recordAudit(db, { agent: admin, action: 'channel.support.changed', subject: channel });
  await recordAudit(db, {
    agent: admin,
    action: 'channels.exported',
    subject: { type: 'channel', id: 'c2' },
  });
  await recordAudit(db, { agent: admin, action: 'agent.disabled', subject: person });
});
afterAll(async () => {
  await api.close();
  await database.close();
});

type Page = { entries: { action: string }[]; cursor: string | null };
const read = async (query = ''): Promise<Page> =>
  (await asAdmin({ url: `/api/audit${query}` })).json();
const actions = async (query = '') => (await read(query)).entries.map(({ action }) => action);

const ALL = [
  'agent.disabled',
  'channels.exported',
  'channel.support.changed',
  'channel.assignment.changed',
  'workspace.made',
];

describe('R55: the audit log', () => {
  it('says newest first who changed what, how it was and how it is', async () => {
    const { entries, cursor } = await read();
    expect(entries.map(({ action }) => action)).toEqual(ALL);
    expect(cursor).toBeNull();
    expect(entries[0]).toMatchObject({
      by: { id: admin, name: 'Quản' },
      subject: { type: 'agent', id: an, name: 'An' },
      before: null,
      after: null,
    });
    expect(entries[3]).toMatchObject({
      subject: { type: 'channel', id: 'c1', name: null },
      before: { sticky: true },
      after: { sticky: false },
    });
    expect(entries[4]).toMatchObject({
      by: null,
      subject: { type: 'workspace', id: null, name: null },
    });
  });

  it('is read page by page, without a gap or a repetition', async () => {
    const found: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 10; pages += 1) {
      const page: Page = await read(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(...page.entries.map(({ action }) => action));
      ({ cursor } = page);
    }
    expect(found).toEqual(ALL);
  });

  it.each([
    ['one subject', '?subject=c1', ['channel.support.changed', 'channel.assignment.changed']],
    [
      'one sort of subject',
      '?subject=channel',
      ['channels.exported', 'channel.support.changed', 'channel.assignment.changed'],
    ],
    ['one action', '?action=channel.support.changed', ['channel.support.changed']],
    [
      'actions that begin so',
      '?action=channel',
      ['channel.support.changed', 'channel.assignment.changed'],
    ],
    ['both', '?action=channel&subject=c2', []],
    ['nothing that is written with signs of patterns', '?action=channel%25', []],
  ])('is filtered by %s', async (_what, query, expected) => {
    expect(await actions(query)).toEqual(expected);
  });

  it('names the label or tag that was changed', async () => {
    const tag = (
      await asAdmin({ method: 'POST', url: '/api/tags', payload: { name: 'Khách quen' } })
    ).json();
    const label = (
      await asAdmin({
        method: 'POST',
        url: '/api/labels',
        payload: { name: 'Khiếu nại', color: '#64748b' },
      })
    ).json();
    for (const { id, name } of [tag, label])
      expect((await read(`?subject=${id}`)).entries).toMatchObject([{ subject: { id, name } }]);
  });

  it('refuses a cursor that is not its own', async () => {
    const answer = await asAdmin({ url: '/api/audit?cursor=abc' });
    expect(answer.json().error).toMatchObject({ code: 'INVALID', field: 'cursor' });
  });

  it('belongs to the owner and the admins', async () => {
    const asStaff = await api.as(an);
    const answer = await asStaff({ url: '/api/audit' });
    expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'ADMINS_ONLY']);
    const asOwner = await api.as(await anAgent(database.db, { role: 'owner' }));
    expect((await asOwner({ url: '/api/audit' })).statusCode).toBe(200);
  });
});
