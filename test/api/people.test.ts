import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashPassword, isPassword } from '#api/passwords.ts';
import { hashToken, issueLogin } from '#api/sign-in.ts';
import { createLogin } from '#db/people.ts';
import type { AgentId } from '#domain/ids.ts';
import type { Role } from '#domain/permission.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { openSse } from '#test/support/sse.ts';
import { until } from '#test/support/until.ts';
import { aChannel, anAgent, aWorkspace } from '#test/support/workspace.ts';

/** Cheap: what is tested is the way, not the cost. */
const COST = { log2N: 4, p: 1 };

let database: TestDatabase;
let api: TestApi;
let address: string;
let owner: AgentId;
let admin: AgentId;
let asOwner: Caller;
let asAdmin: Caller;
let asStaff: Caller;
let an: AgentId;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  await aWorkspace(database.db);
  owner = await anAgent(database.db, { name: 'Chủ', role: 'owner' });
  admin = await anAgent(database.db, { name: 'Quản', role: 'admin' });
  asOwner = await api.as(owner);
  asAdmin = await api.as(admin);
  asStaff = await api.as(await anAgent(database.db, { name: 'Nhân viên' }));
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  const { db } = database;
  await db.deleteFrom('departure').execute();
  await db.deleteFrom('line_stir').execute();
  await db.deleteFrom('audit_log').execute();
  an = await anAgent(db, { name: 'An' });
});

const patch = (caller: Caller, id: string, payload: object) =>
  caller({ method: 'PATCH', url: `/api/people/${id}`, payload });
const post = (caller: Caller, url: string, payload?: object) =>
  caller({ method: 'POST', url, ...(payload === undefined ? {} : { payload }) });
const disable = (caller: Caller, id: string) => post(caller, `/api/people/${id}/disable`);
const enable = (caller: Caller, id: string) => post(caller, `/api/people/${id}/enable`);
const codeOf = (answer: Awaited<ReturnType<Caller>>) => [
  answer.statusCode,
  answer.json().error.code,
];

const departures = () =>
  database.db.selectFrom('departure').select(['agent_id', 'channel_id', 'cause']).execute();
const stirs = async () => (await database.db.selectFrom('line_stir').select('id').execute()).length;
const audited = () =>
  database.db
    .selectFrom('audit_log')
    .select(['agent_id', 'action', 'subject_type', 'subject_id', 'before', 'after'])
    .orderBy('at')
    .execute();
const roleOf = async (id: AgentId) => {
  const query = database.db.selectFrom('agent').select('role').where('id', '=', id);
  return (await query.executeTakeFirstOrThrow()).role;
};

type Listed = { id: string; account: object | null };
const listed = async (caller: Caller, id: string) => {
  const { people } = (await caller({ url: '/api/people' })).json<{ people: Listed[] }>();
  return people.find((one) => one.id === id);
};

async function streamOf(token: string) {
  const reader = await openSse(`${address}/api/stream`, { cookie: `everthread=${token}` });
  await until(() => reader.lastId() !== '');
  return reader;
}

describe('R56: the list of people', () => {
  it('tells staff what they need to choose a colleague, and no more', async () => {
    expect(await listed(asStaff, an)).toEqual({
      id: an,
      name: 'An',
      role: 'staff',
      disabled: false,
      online: false,
      account: null,
    });
  });

  it('tells admins also the account, with the last login', async () => {
    expect((await listed(asAdmin, an))?.account).toMatchObject({
      email: `${an}@test`,
      capacity: null,
      lastLoginAt: null,
    });
    const token = await issueLogin(database.db, an);
    const cookies = { everthread: token };
    await api.app.inject({ method: 'POST', url: '/api/logout', cookies });
    expect((await listed(asAdmin, an))?.account).toMatchObject({
      lastLoginAt: expect.stringMatching(/^20/) as string,
    });
  });

  it('shows who is online, but not who is away or disabled', async () => {
    const { db } = database;
    const shown = async () => await listed(asStaff, an);
    const row = { agent_id: an, seen_at: new Date(), online: true };
    await db.insertInto('presence').values(row).execute();
    expect(await shown()).toMatchObject({ online: true });
    await db.updateTable('presence').set({ away: true }).where('agent_id', '=', an).execute();
    expect(await shown()).toMatchObject({ online: false });
    await db.updateTable('presence').set({ away: false }).where('agent_id', '=', an).execute();
    await disable(asAdmin, an);
    expect(await shown()).toMatchObject({ online: false, disabled: true });
  });

  it('needs a login', async () => {
    expect((await api.app.inject('/api/people')).statusCode).toBe(401);
  });
});

describe('R56: changing a person', () => {
  it('stores name, role and capacity at once, writes down what changed, and examines the line', async () => {
    const change = { name: 'An Nguyễn', role: 'admin', capacity: 5 };
    const answer = await patch(asAdmin, an, change);
    expect(answer.json()).toMatchObject({
      id: an,
      name: 'An Nguyễn',
      role: 'admin',
      account: { capacity: 5 },
    });
    expect(await listed(asAdmin, an)).toEqual(answer.json());
    expect(await audited()).toEqual([
      {
        agent_id: admin,
        action: 'agent.changed',
        subject_type: 'agent',
        subject_id: an,
        before: { name: 'An', role: 'staff', capacity: null },
        after: change,
      },
    ]);
    expect(await stirs()).toBe(1);
    const cleared = await patch(asAdmin, an, { capacity: null });
    expect(cleared.json().account.capacity).toBeNull();
  });

  it('to what they are already changes nothing', async () => {
    expect((await patch(asAdmin, an, { name: 'An', role: 'staff' })).statusCode).toBe(200);
    expect(await audited()).toEqual([]);
  });

  it.each([
    ['name', { name: '  ' }],
    ['role', { role: 'boss' }],
    ['capacity', { capacity: -1 }],
    ['capacity', { capacity: 1.5 }],
  ])('is refused by the field %s', async (field, payload) => {
    const answer = await patch(asAdmin, an, payload);
    expect(answer.json().error).toMatchObject({ code: 'INVALID', field });
  });

  it('of nobody is not found', async () => {
    expect(codeOf(await patch(asAdmin, 'nobody', { name: 'X' }))).toEqual([404, 'NOT_FOUND']);
  });

  it('belongs to admins', async () => {
    const answers = [
      await patch(asStaff, an, { name: 'X' }),
      await disable(asStaff, an),
      await enable(asStaff, an),
    ];
    for (const answer of answers) expect(codeOf(answer)).toEqual([403, 'ADMINS_ONLY']);
    expect((await listed(asAdmin, an)) ?? {}).toMatchObject({ name: 'An', disabled: false });
  });

  it('who is an owner, or makes one, belongs to owners', async () => {
    const answers = [
      await patch(asAdmin, an, { role: 'owner' }),
      await patch(asAdmin, admin, { role: 'owner' }),
      await patch(asAdmin, owner, { name: 'X' }),
      await patch(asAdmin, owner, { role: 'staff' }),
      await disable(asAdmin, owner),
      await post(asAdmin, `/api/people/${owner}/password-reset`),
    ];
    for (const answer of answers) expect(codeOf(answer)).toEqual([403, 'OWNERS_ONLY']);
    expect((await patch(asOwner, an, { role: 'owner' })).statusCode).toBe(200);
    expect((await patch(asOwner, an, { role: 'staff' })).statusCode).toBe(200);
  });

  it('leaves the workspace an owner', async () => {
    for (const answer of [
      await patch(asOwner, owner, { role: 'admin' }),
      await disable(asOwner, owner),
    ])
      expect(codeOf(answer)).toEqual([409, 'LAST_OWNER']);
    // An owner who is disabled is none to rely on.
    await patch(asOwner, an, { role: 'owner' });
    await disable(asOwner, an);
    expect(codeOf(await disable(asOwner, owner))).toEqual([409, 'LAST_OWNER']);
    await patch(asOwner, an, { role: 'staff' });
  });

  it('of two owners who demote each other at once, one stays', async () => {
    await patch(asOwner, an, { role: 'owner' });
    const asAn = await api.as(an);
    const answers = await Promise.all([
      patch(asOwner, an, { role: 'admin' }),
      patch(asAn, owner, { role: 'admin' }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).filter((code) => code === 200)).toEqual([
      200,
    ]);
    const roles = await Promise.all([roleOf(an), roleOf(owner)]);
    expect(roles.sort()).toEqual<Role[]>(['admin', 'owner']);
    await database.db.updateTable('agent').set({ role: 'owner' }).where('id', '=', owner).execute();
  });

  it('R57: who is no longer owner leaves the teams in which they are not listed, and only those', async () => {
    await patch(asOwner, an, { role: 'owner' });
    const [listedIn, other] = [
      await aChannel(database.db, { team: [an] }),
      await aChannel(database.db),
    ];
    await patch(asOwner, an, { role: 'staff' });
    const left = (await departures()).map(({ channel_id }) => channel_id);
    expect(left).toContain(other);
    expect(left).not.toContain(listedIn);
    expect(await departures()).toContainEqual({ agent_id: an, channel_id: other, cause: 'left' });
  });

  it('R23: a change of role counts at once in an open stream', async () => {
    const reader = await streamOf(await issueLogin(database.db, an));
    await patch(asOwner, an, { role: 'owner' });
    expect((await reader.next('reset')).data).toEqual({ reason: 'rights' });
    reader.close();
    await patch(asOwner, an, { role: 'staff' });
  });
});

describe('R57: disabling a person', () => {
  it('signs them out, ends their tokens, hands on their sessions and is written down', async () => {
    const { db } = database;
    const [login, token] = [await issueLogin(db, an), 'an-api-token-that-is-long-enough'];
    const row = { id: `t${an}`, agent_id: an, name: 'CRM', token_hash: hashToken(token) };
    await db.insertInto('api_token').values(row).execute();
    const answer = await disable(asAdmin, an);
    expect(answer.json()).toMatchObject({ id: an, disabled: true });
    const me = (headers: Record<string, string>) => api.app.inject({ url: '/api/me', headers });
    expect((await me({ cookie: `everthread=${login}` })).statusCode).toBe(401);
    expect((await me({ authorization: `Bearer ${token}` })).statusCode).toBe(401);
    const logins = db.selectFrom('login').select('agent_id').where('agent_id', '=', an);
    expect(await logins.execute()).toEqual([]);
    expect(await departures()).toEqual([{ agent_id: an, channel_id: null, cause: 'left' }]);
    expect(await stirs()).toBe(1);
    expect(await audited()).toMatchObject([
      { agent_id: admin, action: 'agent.disabled', subject_id: an },
    ]);
    // What was ended does not come back with them.
    await enable(asAdmin, an);
    expect((await me({ cookie: `everthread=${login}` })).statusCode).toBe(401);
    expect((await me({ authorization: `Bearer ${token}` })).statusCode).toBe(401);
  });

  it('closes their stream before the answer comes, and nobody else’s', async () => {
    const hers = await streamOf(await issueLogin(database.db, an));
    const others = await streamOf(await issueLogin(database.db, admin));
    const ended = new Set<AgentId>();
    const { stream } = api.deps;
    const connected = (agent: AgentId, token: string) =>
      stream.connect(
        {
          person: { agent, name: '', email: '', role: 'staff', channels: [] },
          tokenHash: hashToken(token),
          sink: { write: () => undefined, end: () => ended.add(agent) },
        },
        null,
      );
    connected(an, await issueLogin(database.db, an));
    const leave = connected(admin, await issueLogin(database.db, admin));
    await disable(asAdmin, an);
    expect([...ended]).toEqual([an]);
    await until(() => hers.isClosed());
    expect(others.isClosed()).toBe(false);
    others.close();
    leave();
  });

  it('twice hands their sessions on once', async () => {
    await disable(asAdmin, an);
    expect((await disable(asAdmin, an)).statusCode).toBe(200);
    expect(await departures()).toHaveLength(1);
    expect(await audited()).toHaveLength(1);
  });

  it('lets nobody in who had just given the right password', async () => {
    await disable(asAdmin, an);
    const expiresAt = new Date(Date.now() + 60_000);
    const login = { tokenHash: hashToken(`late ${an}`), agent: an, expiresAt };
    expect(await createLogin(database.db, login)).toBe(false);
    await enable(asAdmin, an);
    expect(await createLogin(database.db, login)).toBe(true);
  });

  it('while they sign in lets them in no more', async () => {
    const answers = await Promise.all([disable(asAdmin, an), issueLogin(database.db, an)]);
    await enable(asAdmin, an);
    const cookies = { everthread: answers[1] };
    expect((await api.app.inject({ url: '/api/me', cookies })).statusCode).toBe(401);
  });

  it('is taken back by enabling, which examines the line', async () => {
    await disable(asAdmin, an);
    await database.db.deleteFrom('line_stir').execute();
    expect((await enable(asAdmin, an)).json()).toMatchObject({ disabled: false });
    expect(await stirs()).toBe(1);
    const login = await issueLogin(database.db, an);
    const cookies = { everthread: login };
    expect((await api.app.inject({ url: '/api/me', cookies })).statusCode).toBe(200);
    expect((await audited()).map(({ action }) => action)).toEqual([
      'agent.disabled',
      'agent.enabled',
    ]);
  });
});

describe('R56: one’s own password', () => {
  const old = 'mật khẩu cũ rất dài';
  const change = (caller: Caller, payload: object) => post(caller, '/api/me/password', payload);
  beforeEach(async () => {
    const password_hash = await hashPassword(old, COST);
    await database.db.updateTable('agent').set({ password_hash }).where('id', '=', an).execute();
  });

  it('is changed, and all other logins end', async () => {
    const [mine, other] = [await issueLogin(database.db, an), await issueLogin(database.db, an)];
    const me = (token: string) =>
      api.app.inject({ url: '/api/me', cookies: { everthread: token } });
    const asAn: Caller = (options) => api.app.inject({ ...options, cookies: { everthread: mine } });
    const answer = await change(asAn, { current: old, new: 'mật khẩu mới rất dài' });
    expect(answer.statusCode).toBe(204);
    expect([(await me(mine)).statusCode, (await me(other)).statusCode]).toEqual([200, 401]);
    const { password_hash } = await database.db
      .selectFrom('agent')
      .select('password_hash')
      .where('id', '=', an)
      .executeTakeFirstOrThrow();
    expect(await isPassword('mật khẩu mới rất dài', password_hash)).toBe(true);
    expect(await audited()).toMatchObject([
      { agent_id: an, action: 'agent.password_changed', before: null, after: null },
    ]);
  });

  it.each([
    ['current', { current: 'wrong', new: 'mật khẩu mới rất dài' }],
    ['new', { current: old, new: 'too short' }],
    ['new', { current: old, new: 'x'.repeat(201) }],
  ])('is refused by the field %s', async (field, payload) => {
    const answer = await change(await api.as(an), payload);
    expect(answer.json().error).toMatchObject({ code: 'INVALID', field });
    const { password_hash } = await database.db
      .selectFrom('agent')
      .select('password_hash')
      .where('id', '=', an)
      .executeTakeFirstOrThrow();
    expect(await isPassword(old, password_hash)).toBe(true);
  });

  it('that was changed while somebody signed in with the old one lets them in no more', async () => {
    const expiresAt = new Date(Date.now() + 60_000);
    const login = { tokenHash: hashToken(`late ${an}`), agent: an, expiresAt };
    expect(await createLogin(database.db, login, 'the hash that was checked')).toBe(false);
    const logins = database.db.selectFrom('login').select('agent_id').where('agent_id', '=', an);
    expect(await logins.execute()).toEqual([]);
  });

  it('cannot be guessed at by who finds a browser signed in', async () => {
    const asAn = await api.as(an);
    const guess = { current: 'wrong', new: 'mật khẩu mới rất dài' };
    for (let tries = 0; tries < 10; tries += 1)
      expect((await change(asAn, guess)).statusCode).toBe(400);
    expect(codeOf(await change(asAn, { ...guess, current: old }))).toEqual([
      429,
      'TOO_MANY_REQUESTS',
    ]);
  });
});
