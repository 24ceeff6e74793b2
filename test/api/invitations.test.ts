import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashToken, issueLogin } from '#api/sign-in.ts';
import type { AgentId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { anAgent, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let admin: AgentId;
let asOwner: Caller;
let asAdmin: Caller;
let asStaff: Caller;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  asOwner = await api.as(await anAgent(database.db, { name: 'Chủ', role: 'owner' }));
  asStaff = await api.as(await anAgent(database.db, { name: 'An' }));
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  await database.db.deleteFrom('invitation').execute();
  await database.db.deleteFrom('audit_log').execute();
  admin = await anAgent(database.db, { name: 'Quản', role: 'admin' });
  asAdmin = await api.as(admin);
});

const PASSWORD = 'mật khẩu rất dài';
let guests = 0;
const aGuest = () => ({ email: `khach${(guests += 1)}@mai.vn`, name: 'Khách', role: 'staff' });

const post = (url: string, payload: object | undefined, caller: Caller) =>
  caller({ method: 'POST', url, ...(payload === undefined ? {} : { payload }) });
const nobody: Caller = (options) => api.app.inject(options);
const invite = (guest: object, caller = asAdmin) => post('/api/people/invitations', guest, caller);
const reset = (id: AgentId, caller = asAdmin) =>
  post(`/api/people/${id}/password-reset`, undefined, caller);
const lookUp = (token: string) => post('/api/invitations/look-up', { token }, nobody);
const accept = (token: string, more: object = {}) =>
  post('/api/invitations/accept', { token, password: PASSWORD, ...more }, nobody);
const list = async () =>
  (await asAdmin({ url: '/api/people/invitations' })).json<{ invitations: { id: string }[] }>()
    .invitations;

type Answer = Awaited<ReturnType<Caller>>;
const tokenOf = (answer: Answer) => new URL(answer.json<{ url: string }>().url).hash.slice(1);
const codeOf = (answer: Answer) => [answer.statusCode, answer.json().error.code];
const meBy = (answer: Answer) => {
  const cookie = answer.cookies.find(({ name }) => name === 'everthread')?.value ?? '';
  return api.app.inject({ url: '/api/me', cookies: { everthread: cookie } });
};
const login = (email: string, password: string) => post('/api/login', { email, password }, nobody);
const disable = (id: AgentId) =>
  database.db.updateTable('agent').set({ disabled_at: new Date() }).where('id', '=', id).execute();
const agentWith = (email: string) =>
  database.db
    .selectFrom('agent')
    .select(['id', 'name', 'role'])
    .where('email', '=', email)
    .execute();
const actions = async () => {
  const log = database.db.selectFrom('audit_log').select(['action', 'agent_id']).orderBy('at');
  return log.execute();
};

describe('R56: an invitation', () => {
  it('is a link for seven days, of which only the hash is kept', async () => {
    const answer = await invite(aGuest());
    expect(answer.statusCode).toBe(201);
    const { url, expiresAt } = answer.json<{ url: string; expiresAt: string }>();
    expect(url).toMatch(/^http:\/\/localhost:?\d*\/invitation#[\w-]{43}$/);
    const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(7);
    const kept = await database.db.selectFrom('invitation').select('token_hash').execute();
    expect(kept).toEqual([{ token_hash: hashToken(tokenOf(answer)) }]);
    expect(api.log.join('')).not.toContain(tokenOf(answer));
    const log = await database.db.selectFrom('audit_log').selectAll().execute();
    expect(JSON.stringify(log)).not.toContain(tokenOf(answer));
  });

  it('makes an agent with the invited role, who is signed in at once and later by password', async () => {
    const guest = { ...aGuest(), role: 'admin' };
    const link = await invite(guest);
    const answer = await accept(tokenOf(link), { name: 'Khách Quý' });
    expect(answer.statusCode).toBe(204);
    expect(answer.cookies).toMatchObject([{ name: 'everthread', httpOnly: true }]);
    expect((await meBy(answer)).json()).toMatchObject({
      name: 'Khách Quý',
      email: guest.email,
      role: 'admin',
    });
    expect((await login(guest.email, PASSWORD)).statusCode).toBe(204);
    const [made] = await agentWith(guest.email);
    expect(await actions()).toEqual([
      { action: 'invitation.added', agent_id: admin },
      { action: 'agent.joined', agent_id: made?.id },
    ]);
  });

  it('gives the invited name to who says no other', async () => {
    const guest = aGuest();
    await accept(tokenOf(await invite(guest)));
    expect(await agentWith(guest.email)).toMatchObject([{ name: 'Khách', role: 'staff' }]);
  });

  it('says whom it is for without being used up', async () => {
    const guest = aGuest();
    const token = tokenOf(await invite(guest));
    for (let times = 0; times < 2; times += 1)
      expect((await lookUp(token)).json()).toMatchObject({
        purpose: 'invitation',
        workspace: 'Test',
        email: guest.email,
        name: 'Khách',
      });
    expect((await accept(token)).statusCode).toBe(204);
  });

  it('works once, also for two at once', async () => {
    const guest = aGuest();
    const token = tokenOf(await invite(guest));
    const answers = await Promise.all([accept(token), accept(token)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([204, 409]);
    expect(codeOf(await accept(token))).toEqual([409, 'LINK_USED']);
    expect(codeOf(await lookUp(token))).toEqual([409, 'LINK_USED']);
    expect(await agentWith(guest.email)).toHaveLength(1);
  });

  it('that has expired, or never was, works no more', async () => {
    const token = tokenOf(await invite(aGuest()));
    const expires_at = new Date(Date.now() - 1);
    await database.db.updateTable('invitation').set({ expires_at }).execute();
    for (const one of [token, 'x'.repeat(43)])
      expect(codeOf(await accept(one))).toEqual([409, 'LINK_USED']);
    expect(await list()).toEqual([]);
  });

  it('is listed while it is open, and withdrawn by an id that opens nothing', async () => {
    const guest = aGuest();
    const token = tokenOf(await invite(guest));
    await accept(tokenOf(await invite(aGuest())));
    const [open, ...others] = await list();
    expect(others).toEqual([]);
    expect(open).toMatchObject({ ...guest, invitedBy: { id: admin, name: 'Quản' } });
    expect(codeOf(await lookUp(open?.id ?? ''))).toEqual([409, 'LINK_USED']);
    const url = `/api/people/invitations/${open?.id}`;
    expect((await asAdmin({ method: 'DELETE', url })).statusCode).toBe(204);
    expect(codeOf(await accept(token))).toEqual([409, 'LINK_USED']);
    expect(codeOf(await asAdmin({ method: 'DELETE', url }))).toEqual([404, 'NOT_FOUND']);
    expect((await actions()).at(-1)).toEqual({ action: 'invitation.withdrawn', agent_id: admin });
  });

  it('of the same address replaces the one before', async () => {
    const guest = aGuest();
    const first = tokenOf(await invite(guest));
    const second = tokenOf(await invite({ ...guest, email: guest.email.toUpperCase() }));
    expect(codeOf(await lookUp(first))).toEqual([409, 'LINK_USED']);
    expect((await lookUp(second)).statusCode).toBe(200);
    expect(await list()).toHaveLength(1);
  });

  it('is not made for who works here already, however the address is written', async () => {
    const guest = aGuest();
    await accept(tokenOf(await invite(guest)));
    const answer = await invite({ ...guest, email: guest.email.toUpperCase() });
    expect(answer.json().error).toMatchObject({ code: 'NAME_TAKEN', field: 'email' });
  });

  it.each([
    ['email', { email: 'mai' }],
    ['name', { name: '' }],
    ['role', { role: 'boss' }],
  ])('is refused by the field %s', async (field, wrong) => {
    const answer = await invite({ ...aGuest(), ...wrong });
    expect(answer.json().error).toMatchObject({ code: 'INVALID', field });
  });

  it.each(['too short', 'x'.repeat(201)])(
    'is not accepted with the password %s',
    async (password) => {
      const token = tokenOf(await invite(aGuest()));
      const answer = await accept(token, { password });
      expect(answer.json().error).toMatchObject({ code: 'INVALID', field: 'password' });
      expect((await lookUp(token)).statusCode).toBe(200);
    },
  );

  it('belongs to admins, and of an owner to owners', async () => {
    const answers = [
      await invite(aGuest(), asStaff),
      await asStaff({ url: '/api/people/invitations' }),
      await asStaff({ method: 'DELETE', url: `/api/people/invitations/${'x'.repeat(43)}` }),
    ];
    for (const answer of answers) expect(codeOf(answer)).toEqual([403, 'ADMINS_ONLY']);
    const guest = { ...aGuest(), role: 'owner' };
    expect(codeOf(await invite(guest))).toEqual([403, 'OWNERS_ONLY']);
    expect((await invite(guest, asOwner)).statusCode).toBe(201);
    const [open] = await list();
    const url = `/api/people/invitations/${open?.id}`;
    expect(codeOf(await asAdmin({ method: 'DELETE', url }))).toEqual([403, 'OWNERS_ONLY']);
    expect(await list()).toHaveLength(1);
  });

  it('of an admin who was disabled since works no more', async () => {
    const guest = aGuest();
    const token = tokenOf(await invite({ ...guest, role: 'admin' }));
    await disable(admin);
    expect(codeOf(await accept(token))).toEqual([409, 'LINK_USED']);
    expect(await agentWith(guest.email)).toEqual([]);
  });

  it('is stopped after ten tries a minute', async () => {
    const token = 'y'.repeat(43);
    for (let tries = 0; tries < 10; tries += 1)
      expect(codeOf(await accept(token))).toEqual([409, 'LINK_USED']);
    expect(codeOf(await accept(token))).toEqual([429, 'TOO_MANY_REQUESTS']);
  });
});

describe('R56: a password reset', () => {
  it('is not made for who is disabled: the link would not hold', async () => {
    const an = await anAgent(database.db);
    await disable(an);
    const answer = await reset(an);
    expect(codeOf(answer)).toEqual([400, 'INVALID']);
    expect(answer.json().error.message).toContain('disabled');
    expect(await database.db.selectFrom('audit_log').select('action').execute()).toEqual([]);
  });

  it('sets the password, signs in, and ends all other logins and links', async () => {
    const { db } = database;
    const an = await anAgent(db);
    const other = await issueLogin(db, an);
    const first = tokenOf(await reset(an));
    const token = tokenOf(await reset(an));
    expect(codeOf(await accept(first))).toEqual([409, 'LINK_USED']);
    expect((await lookUp(token)).json()).toMatchObject({ purpose: 'reset', email: `${an}@test` });
    const answer = await accept(token, { name: 'Somebody else' });
    expect((await meBy(answer)).json()).toMatchObject({ id: an, name: 'An' });
    const cookies = { everthread: other };
    expect((await api.app.inject({ url: '/api/me', cookies })).statusCode).toBe(401);
    expect((await login(`${an}@test`, PASSWORD)).statusCode).toBe(204);
    expect(codeOf(await accept(token))).toEqual([409, 'LINK_USED']);
    expect(await actions()).toEqual([
      { action: 'agent.reset_link_added', agent_id: admin },
      { action: 'agent.reset_link_added', agent_id: admin },
      { action: 'agent.password_reset', agent_id: an },
    ]);
  });

  it('is not listed among the invitations', async () => {
    await reset(await anAgent(database.db));
    expect(await list()).toEqual([]);
  });

  it('does not let in who is disabled', async () => {
    const an = await anAgent(database.db);
    const token = tokenOf(await reset(an));
    await disable(an);
    expect(codeOf(await accept(token))).toEqual([409, 'LINK_USED']);
  });

  it('that was not used ends when they are disabled, or set a password themselves', async () => {
    const an = await anAgent(database.db);
    const first = tokenOf(await reset(an));
    await post(`/api/people/${an}/disable`, undefined, asAdmin);
    await post(`/api/people/${an}/enable`, undefined, asAdmin);
    expect(codeOf(await lookUp(first))).toEqual([409, 'LINK_USED']);

    await accept(tokenOf(await reset(an)));
    const second = tokenOf(await reset(an));
    const change = { current: PASSWORD, new: 'mật khẩu mới rất dài' };
    const answer = await post('/api/me/password', change, await api.as(an));
    expect(answer.statusCode).toBe(204);
    expect(codeOf(await lookUp(second))).toEqual([409, 'LINK_USED']);
  });

  it('made by an admin works no more for who has become an owner', async () => {
    const an = await anAgent(database.db);
    const token = tokenOf(await reset(an));
    const role = 'owner' as const;
    await database.db.updateTable('agent').set({ role }).where('id', '=', an).execute();
    expect(codeOf(await accept(token))).toEqual([409, 'LINK_USED']);
  });

  it('belongs to admins, and needs somebody', async () => {
    const an = await anAgent(database.db);
    expect(codeOf(await reset(an, asStaff))).toEqual([403, 'ADMINS_ONLY']);
    expect(codeOf(await reset('nobody' as AgentId))).toEqual([404, 'NOT_FOUND']);
  });
});
