import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from '#api/sign-in.ts';
import { createTokenUse } from '#api/token-use.ts';
import { addToken } from '#db/tokens.ts';
import type { AgentId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { until } from '#test/support/until.ts';
import { anAgent, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let an: AgentId;
let asAn: Caller;
let asAdmin: Caller;
let admin: AgentId;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  admin = await anAgent(database.db, { role: 'admin' });
  asAdmin = await api.as(admin);
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  await database.db.deleteFrom('audit_log').execute();
  an = await anAgent(database.db);
  asAn = await api.as(an);
});

type Issued = { id: string; name: string; token: string };
const add = (payload: object, caller = asAn) =>
  caller({ method: 'POST', url: '/api/me/tokens', payload });
const aToken = async (name = 'CRM', caller = asAn): Promise<Issued> =>
  (await add({ name }, caller)).json();
const remove = (url: string, caller = asAn) => caller({ method: 'DELETE', url });
const list = async (caller = asAn, url = '/api/me/tokens') =>
  (await caller({ url })).json<{ tokens: { id: string; lastUsedAt: string | null }[] }>().tokens;
const use = (token: string) =>
  api.app.inject({ url: '/api/me', headers: { authorization: `Bearer ${token}` } });
const codeOf = (answer: Awaited<ReturnType<Caller>>) => [
  answer.statusCode,
  answer.json().error.code,
];

describe('R56: an API token', () => {
  it('is shown once, stands for its agent, and only its hash is kept', async () => {
    const answer = await add({ name: 'CRM' });
    expect(answer.statusCode).toBe(201);
    const { id, token } = answer.json<Issued>();
    expect((await use(token)).json()).toMatchObject({ id: an });
    const listed = await list();
    expect(listed).toMatchObject([{ id, name: 'CRM' }]);
    expect(JSON.stringify(listed)).not.toContain(token);
    const kept = database.db.selectFrom('api_token').select('token_hash').where('id', '=', id);
    expect(await kept.execute()).toEqual([{ token_hash: hashToken(token) }]);
    const log = await database.db.selectFrom('audit_log').selectAll().execute();
    expect(log).toMatchObject([
      {
        action: 'api_token.added',
        agent_id: an,
        subject_id: id,
        after: { name: 'CRM', agent: an },
      },
    ]);
    expect(JSON.stringify(log)).not.toContain(token);
  });

  it('that is revoked is worth nothing, and no longer listed', async () => {
    const { id, token } = await aToken();
    expect((await remove(`/api/me/tokens/${id}`)).statusCode).toBe(204);
    expect((await use(token)).statusCode).toBe(401);
    expect(await list()).toEqual([]);
    expect(codeOf(await remove(`/api/me/tokens/${id}`))).toEqual([404, 'NOT_FOUND']);
  });

  it('of somebody else is not found among one’s own', async () => {
    const asBinh = await api.as(await anAgent(database.db));
    const { id, token } = await aToken();
    expect(await list(asBinh)).toEqual([]);
    expect(codeOf(await remove(`/api/me/tokens/${id}`, asBinh))).toEqual([404, 'NOT_FOUND']);
    expect((await use(token)).statusCode).toBe(200);
  });

  it('of anybody is listed and revoked by admins, but of owners only by owners', async () => {
    const { id, token } = await aToken();
    const url = `/api/people/${an}/tokens`;
    expect(codeOf(await asAn({ url }))).toEqual([403, 'ADMINS_ONLY']);
    expect(codeOf(await remove(`${url}/${id}`))).toEqual([403, 'ADMINS_ONLY']);
    expect(await list(asAdmin, url)).toMatchObject([{ id }]);
    // The address says whose it is.
    const wrong = `/api/people/${admin}/tokens/${id}`;
    expect(codeOf(await remove(wrong, asAdmin))).toEqual([404, 'NOT_FOUND']);
    expect((await remove(`${url}/${id}`, asAdmin)).statusCode).toBe(204);
    expect((await use(token)).statusCode).toBe(401);

    const owner = await anAgent(database.db, { role: 'owner' });
    const owners = await aToken('Sao lưu', await api.as(owner));
    const answer = await remove(`/api/people/${owner}/tokens/${owners.id}`, asAdmin);
    expect(codeOf(answer)).toEqual([403, 'OWNERS_ONLY']);
    expect((await use(owners.token)).statusCode).toBe(200);
  });

  it('is not made for who was disabled while it was asked for', async () => {
    await database.db
      .updateTable('agent')
      .set({ disabled_at: new Date() })
      .where('id', '=', an)
      .execute();
    const late = addToken(database.db, an, { name: 'CRM', tokenHash: hashToken('late') });
    await expect(late).rejects.toMatchObject({ code: 'SIGN_IN' });
    expect(await list(asAdmin, `/api/people/${an}/tokens`)).toEqual([]);
  });

  it('of who does not work here is not found', async () => {
    expect(codeOf(await asAdmin({ url: '/api/people/nobody/tokens' }))).toEqual([404, 'NOT_FOUND']);
  });

  it('needs a name', async () => {
    expect((await add({ name: ' ' })).json().error).toMatchObject({
      code: 'INVALID',
      field: 'name',
    });
  });

  it('is one of a hundred at most', async () => {
    const tokens = Array.from({ length: 100 }, (_, index) => ({
      id: `${an}-${index}`,
      agent_id: an,
      name: 'CRM',
      token_hash: hashToken(`${an}-${index}`),
    }));
    await database.db.insertInto('api_token').values(tokens).execute();
    expect(codeOf(await add({ name: 'one more' }))).toEqual([400, 'INVALID']);
    await remove(`/api/me/tokens/${an}-0`);
    expect((await add({ name: 'one more' })).statusCode).toBe(201);
  });

  it('says when it was used last, and a browser’s login says nothing', async () => {
    const { token } = await aToken();
    expect(await list()).toMatchObject([{ lastUsedAt: null }]);
    await use(token);
    await until(async () => (await list())[0]?.lastUsedAt);
  });

  it('is noted at most once a minute, also by several processes', async () => {
    const { id, token } = await aToken();
    const usedAt = async () => {
      const query = database.db.selectFrom('api_token').select('last_used_at');
      return (await query.where('id', '=', id).executeTakeFirstOrThrow()).last_used_at?.getTime();
    };
    const setUsedAt = (last_used_at: Date) =>
      database.db.updateTable('api_token').set({ last_used_at }).where('id', '=', id).execute();
    const [one, other] = [createTokenUse(database.db), createTokenUse(database.db)];
    const hash = hashToken(token);
    const halfMinuteAgo = new Date(Date.now() - 30_000);
    await setUsedAt(halfMinuteAgo);
    await one.note(hash);
    expect(await usedAt()).toBe(halfMinuteAgo.getTime());
    const longAgo = new Date(Date.now() - 3_600_000);
    await setUsedAt(longAgo);
    await one.note(hash);
    expect(await usedAt()).toBe(longAgo.getTime());
    await other.note(hash);
    expect(await usedAt()).toBeGreaterThan(halfMinuteAgo.getTime());
  });
});
