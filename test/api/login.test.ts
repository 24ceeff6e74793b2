import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword, isPassword } from '#api/passwords.ts';
import { hashToken, issueLogin } from '#api/sign-in.ts';
import { testApi, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, anAgent, aWorkspace } from '#test/support/workspace.ts';

/** Cheap: what is tested is the way, not the cost. */
const COST = { log2N: 4, p: 1 };

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
});
afterAll(async () => {
  await api.close();
  await database.close();
});

async function anAgentWith(email: string, password: string) {
  const id = await anAgent(database.db, { name: 'An' });
  const password_hash = await hashPassword(password, COST);
  await database.db
    .updateTable('agent')
    .set({ email, password_hash })
    .where('id', '=', id)
    .execute();
  return id;
}

const login = (payload: object, headers: Record<string, string> = {}) =>
  api.app.inject({ method: 'POST', url: '/api/login', payload, headers });
const me = (cookie: string) => api.app.inject({ url: '/api/me', cookies: { everthread: cookie } });

describe('signing in', () => {
  it('gives a cookie that scripts cannot read, and the cookie tells who one is', async () => {
    const id = await anAgentWith('an@test', 'mật khẩu');
    const channel = await aChannel(database.db, { name: 'Tiệm Hoa Mai', team: [id] });
    const answer = await login({ email: 'AN@test', password: 'mật khẩu' });
    expect(answer.statusCode).toBe(204);
    const [cookie] = answer.cookies;
    expect(cookie).toMatchObject({
      name: 'everthread',
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
    });
    expect((await me(cookie?.value ?? '')).json()).toEqual({
      id,
      name: 'An',
      email: 'an@test',
      role: 'staff',
      workspace: { name: 'Test', timeZone: 'Asia/Ho_Chi_Minh' },
      channels: [
        {
          id: channel,
          platform: 'facebook',
          name: 'Tiệm Hoa Mai',
          team: [{ id, name: 'An' }],
          others: 'none',
          commentReply: 'comment',
        },
      ],
    });
    const { db } = database;
    const logins = await db
      .selectFrom('login')
      .select('token_hash')
      .where('agent_id', '=', id)
      .execute();
    expect(logins).toEqual([{ token_hash: hashToken(cookie?.value ?? '') }]);
  });

  it('with a wrong password or an address that nobody has is refused in the same words', async () => {
    await anAgentWith('binh@test', 'right');
    const answers = [
      await login({ email: 'binh@test', password: 'wrong' }),
      await login({ email: 'nobody@test', password: 'wrong' }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401]);
    expect(answers[0]?.body).toBe(answers[1]?.body);
    expect(answers[0]?.cookies).toEqual([]);
  });

  it('of a disabled agent is refused', async () => {
    const id = await anAgentWith('gone@test', 'right');
    const disabled = { disabled_at: new Date() };
    await database.db.updateTable('agent').set(disabled).where('id', '=', id).execute();
    expect((await login({ email: 'gone@test', password: 'right' })).statusCode).toBe(401);
  });

  it('is stopped after ten tries a minute for one address, and goes on for others', async () => {
    await anAgentWith('chi@test', 'right');
    await anAgentWith('dung@test', 'right');
    for (let tries = 0; tries < 10; tries += 1)
      expect((await login({ email: 'chi@test', password: 'wrong' })).statusCode).toBe(401);
    const answer = await login({ email: 'CHI@test', password: 'right' });
    expect([answer.statusCode, answer.json().error.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect((await login({ email: 'dung@test', password: 'right' })).statusCode).toBe(204);
  });

  it.each([
    ['no password', { email: 'a' }, 'password'],
    ['an address that is none', { email: 1, password: 'a' }, 'email'],
  ])('with %s is refused by its field', async (_what, payload, field) => {
    expect((await login(payload)).json().error).toMatchObject({ code: 'INVALID', field });
  });

  it('with a NUL in the address is an ordinary failure', async () => {
    expect((await login({ email: 'a\0', password: 'a\0' })).statusCode).toBe(401);
  });
});

describe('signing out', () => {
  it('makes the cookie worthless', async () => {
    const token = await issueLogin(database.db, await anAgent(database.db));
    expect((await me(token)).statusCode).toBe(200);
    const cookies = { everthread: token };
    const answer = await api.app.inject({ method: 'POST', url: '/api/logout', cookies });
    expect(answer.statusCode).toBe(204);
    expect((await me(token)).statusCode).toBe(401);
  });

  it('works without being signed in', async () => {
    expect((await api.app.inject({ method: 'POST', url: '/api/logout' })).statusCode).toBe(204);
  });
});

describe('an API token', () => {
  it('stands for its agent until it is revoked', async () => {
    const { db } = database;
    const agent = await anAgent(db, { name: 'CRM' });
    const token = 'an-api-token-that-is-long-enough';
    const row = { id: 't1', agent_id: agent, name: 'CRM', token_hash: hashToken(token) };
    await db.insertInto('api_token').values(row).execute();
    const ask = () =>
      api.app.inject({ url: '/api/me', headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).json()).toMatchObject({ id: agent });
    await db.updateTable('api_token').set({ revoked_at: new Date() }).execute();
    expect((await ask()).statusCode).toBe(401);
  });
});

describe('a page of another site', () => {
  it.each([
    ['another site', 'https://evil.example', 403],
    ['a sandboxed frame', 'null', 403],
    ['another port', 'http://localhost:81', 403],
    ['the inbox itself', 'http://localhost', 401],
  ])('%s: %s', async (_what, origin, status) => {
    const answer = await login({ email: 'x', password: 'x' }, { origin, host: 'localhost' });
    expect(answer.statusCode).toBe(status);
  });

  it('cannot send a form', async () => {
    const answer = await api.app.inject({
      method: 'POST',
      url: '/api/login',
      payload: 'email=a&password=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([answer.statusCode, answer.json().error.code]).toEqual([415, 'NOT_JSON']);
  });

  it('cannot send JSON that calls itself text', async () => {
    const answer = await api.app.inject({
      method: 'POST',
      url: '/api/login',
      payload: '{"email":"a","password":"b"}',
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.statusCode).toBe(415);
  });
});

describe('a password', () => {
  it('is known again, however its accents are typed, and no other is', async () => {
    const stored = await hashPassword('Đà Nẵng'.normalize('NFD'), COST);
    expect(await isPassword('Đà Nẵng'.normalize('NFC'), stored)).toBe(true);
    expect(await isPassword('Da Nang', stored)).toBe(false);
  });

  it('is stored differently each time', async () => {
    expect(await hashPassword('a', COST)).not.toBe(await hashPassword('a', COST));
  });

  it('that was not stored by us is said to be so', async () => {
    await expect(isPassword('a', 'none')).rejects.toThrow('set a new password');
  });
});
