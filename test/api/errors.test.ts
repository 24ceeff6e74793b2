import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeError } from '#api/log.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let agent: AgentId;
let session: SessionId;
let caller: Caller;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  agent = await anAgent(database.db);
  session = await aSessionRow(database.db, {
    channel: await aChannel(database.db, { team: [agent] }),
  });
  caller = await api.as(agent);
});
afterAll(async () => {
  await api.close();
  await database.close();
});

describe('an error', () => {
  it('for an address that is not there has the same shape as any other', async () => {
    const answer = await api.app.inject('/nowhere?q=Nguyễn');
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ error: { code: 'NOT_FOUND', message: expect.any(String) } });
  });

  it.each([
    ['wrongly encoded', '/api/sessions/%zz'],
    ['no UTF-8', '/%c0'],
    ['longer than any id', `/api/sessions/${'a'.repeat(3_000)}`],
  ])('for an address that is %s has it too', async (_what, url) => {
    const answer = await api.app.inject(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ error: { code: 'NOT_FOUND', message: expect.any(String) } });
  });

  it('for JSON that is none does not repeat it', async () => {
    const answer = await api.app.inject({
      method: 'POST',
      url: '/api/login',
      payload: '{"password": bí mật',
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'INVALID']);
    expect(answer.body).not.toContain('mật');
  });

  it('for a body that is too large says so', async () => {
    const payload = { email: 'a'.repeat(2_000_000), password: 'a' };
    const answer = await api.app.inject({ method: 'POST', url: '/api/login', payload });
    expect([answer.statusCode, answer.json().error.code]).toEqual([413, 'TOO_LARGE']);
  });

  it('of our own hides what it is from outside and logs it without values', async () => {
    const broken = await testApi(database, {
      outcomes: {
        wait: () => Promise.reject(new Error('broken inside')),
        nudge: () => undefined,
        close: async () => undefined,
      },
    });
    const answer = await (
      await broken.as(agent)
    )({
      method: 'POST',
      url: `/api/sessions/${session}/replies`,
      headers: { 'idempotency-key': 'broken' },
      payload: { text: 'bí mật', seenSeq: 0 },
    });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('broken');
    expect(broken.log.join()).toContain('broken inside');
    expect(broken.log.join()).not.toContain('bí mật');
    await broken.close();
  });
});

describe('the log', () => {
  it('holds neither text, nor addresses, nor tokens, nor what was searched for', async () => {
    await caller({
      method: 'POST',
      url: `/api/sessions/${session}/replies`,
      headers: { 'idempotency-key': 'log' },
      payload: { text: 'Số nhà 12', seenSeq: 0 },
    });
    await caller({ url: '/api/sessions?q=0912345678' });
    await api.app.inject({
      method: 'POST',
      url: '/api/login',
      payload: { email: 'lan@example.com', password: 'hunter2' },
    });
    const log = api.log.join();
    expect(log).toContain('"route":"/api/sessions/:id/replies"');
    for (const secret of ['Số nhà', '0912345678', 'lan@', 'hunter2', 'everthread=', 'cookie'])
      expect(log).not.toContain(secret);
  });

  it('keeps the values out that Postgres and parsers quote', async () => {
    const refused = await database.db
      .insertInto('agent')
      .values({ id: agent, name: 'x', email: 'lan@example.com', role: 'staff', password_hash: 'y' })
      .execute()
      .catch((error: unknown) => error);
    const described = JSON.stringify(describeError(refused));
    expect(described).toContain('agent_pkey');
    expect(described).not.toContain(agent);
    const unread = (() => {
      try {
        return JSON.parse('bí mật') as unknown;
      } catch (error) {
        return error;
      }
    })();
    expect(JSON.stringify(describeError(unread))).not.toContain('mật');
    expect(describeError('text that was thrown')).toEqual({ type: 'string' });
  });
});
