import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentId, ChannelId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let admin: AgentId;
let channel: ChannelId;
let asAdmin: Caller;
let asStaff: Caller;
let asStranger: Caller;

beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  admin = await anAgent(database.db, { name: 'Chi', role: 'admin' });
  const staff = await anAgent(database.db, { name: 'An' });
  channel = await aChannel(database.db, { team: [staff] });
  asAdmin = await api.as(admin);
  asStaff = await api.as(staff);
  asStranger = await api.as(await anAgent(database.db, { name: 'Dũng' }));
});
afterAll(async () => {
  await api.close();
  await database.close();
});

const adds = (payload: object, caller = asAdmin) =>
  caller({ method: 'POST', url: '/api/tags', payload });
const tags = async (caller = asAdmin) => (await caller({ url: '/api/tags' })).json().tags;

describe('tags', () => {
  it('R13: are made by admins, and stand by name in the list of everybody of a team', async () => {
    const sale = await adds({ name: ' Sỉ ', color: '#ff0000' });
    expect(sale.statusCode).toBe(201);
    expect(sale.json()).toMatchObject({ name: 'Sỉ', color: '#ff0000' });
    const loyal = (await adds({ name: 'Khách quen' })).json();
    expect(await tags(asStaff)).toEqual([loyal, sale.json()]);
  });

  it('are not for who is of no team', async () => {
    expect((await asStranger({ url: '/api/tags' })).statusCode).toBe(403);
  });

  it('are made, changed and deleted by admins alone', async () => {
    const { id } = (await adds({ name: 'Only admins' })).json();
    const tried = await Promise.all([
      adds({ name: 'Staff' }, asStaff),
      asStaff({ method: 'PATCH', url: `/api/tags/${id}`, payload: { name: 'Staff' } }),
      asStaff({ method: 'DELETE', url: `/api/tags/${id}` }),
    ]);
    for (const answer of tried) {
      expect(answer.statusCode).toBe(403);
      expect(answer.json().error.code).toBe('ADMINS_ONLY');
    }
    expect(await tags()).toContainEqual({ id, name: 'Only admins', color: '#64748b' });
  });

  it('have names of their own, however these are written', async () => {
    const { id } = (await adds({ name: 'Vip' })).json();
    const other = (await adds({ name: 'Other' })).json().id;
    const again = await adds({ name: 'VIP' });
    expect(again.statusCode).toBe(409);
    expect(again.json().error).toMatchObject({ code: 'NAME_TAKEN', field: 'name' });
    const patch = (tag: string, payload: object) =>
      asAdmin({ method: 'PATCH', url: `/api/tags/${tag}`, payload });
    expect((await patch(other, { name: 'vip' })).statusCode).toBe(409);
    expect((await patch(id, { name: 'VIP', color: '#00ff00' })).json()).toEqual({
      id,
      name: 'VIP',
      color: '#00ff00',
    });
    expect((await patch('nobody', { name: 'X' })).statusCode).toBe(404);
    expect((await adds({ name: '  ' })).json().error.field).toBe('name');
  });

  it('of one name asked for at once are made once', async () => {
    const made = await Promise.all([adds({ name: 'At once' }), adds({ name: 'at once' })]);
    expect(made.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
  });

  it('that are deleted leave the customers and what channels give; a repetition changes nothing', async () => {
    const { db } = database;
    const { id } = (await adds({ name: 'Gone' })).json();
    const session = await aSessionRow(db, { channel });
    const { customer_id } = await db
      .selectFrom('session')
      .select('customer_id')
      .where('id', '=', session)
      .executeTakeFirstOrThrow();
    await db.insertInto('customer_tag').values({ customer_id, tag_id: id }).execute();
    await db.updateTable('channel').set({ lead_tag_id: id }).where('id', '=', channel).execute();
    for (let time = 0; time < 2; time += 1)
      expect((await asAdmin({ method: 'DELETE', url: `/api/tags/${id}` })).statusCode).toBe(204);
    const customer = (await asStaff({ url: `/api/customers/${customer_id}` })).json();
    expect(customer.tags).toEqual([]);
    const { lead_tag_id } = await db
      .selectFrom('channel')
      .select('lead_tag_id')
      .where('id', '=', channel)
      .executeTakeFirstOrThrow();
    expect(lead_tag_id).toBeNull();
    const audited = await db
      .selectFrom('audit_log')
      .select(['action', 'agent_id'])
      .where('subject_id', '=', id)
      .orderBy('at')
      .execute();
    expect(audited).toEqual([
      { action: 'tag.added', agent_id: admin },
      { action: 'tag.deleted', agent_id: admin },
    ]);
  });
});
