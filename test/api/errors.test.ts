import { once } from 'node:events';
import { connect } from 'node:net';
import type { FastifyInstance, InjectOptions } from 'fastify';
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
let admin: AgentId;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  agent = await anAgent(database.db);
  session = await aSessionRow(database.db, {
    channel: await aChannel(database.db, { team: [agent] }),
  });
  caller = await api.as(agent);
  admin = await anAgent(database.db, { role: 'owner' });
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

describe('a value that Postgres cannot hold', () => {
  const place = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
  const exact = '2026-01-31 10:00:00+00';
  const send = (url: string, payload: object, headers = {}): InjectOptions => ({
    method: 'POST',
    url,
    payload,
    headers,
  });
  const template = (url: string) => ({ content: 'a', attachments: [{ kind: 'image', url }] });

  describe.each([
    ['NUL', '\0'],
    ['half a character', '\ud800'],
  ])('%s', (_what, bad) => {
    it.each<[string, (bad: string) => InjectOptions]>([
      ['of a template', () => send('/api/templates', template(`https://example.com/${bad}`))],
      ['of the audit log', () => ({ url: '/api/audit', query: { subject: bad, action: bad } })],
      ['of a post', () => ({ url: '/api/sessions', query: { post: bad } })],
      [
        'of a comment',
        () =>
          send(
            `/api/sessions/${session}/replies`,
            { text: 'a', seenSeq: 0, commentId: bad },
            { 'idempotency-key': `comment ${bad.charCodeAt(0)}` },
          ),
      ],
      [
        'of a bulk action',
        () =>
          send('/api/sessions/bulk', { sessions: [session], action: { type: 'read' }, key: bad }),
      ],
      ['in a cursor', () => ({ url: '/api/sessions', query: { cursor: place(exact, bad) } })],
      ['in a cursor', () => ({ url: '/api/audit', query: { cursor: place(exact, bad) } })],
    ])('%s is no fault of ours', async (_where, asked) => {
      const answer = await (await api.as(admin))(asked(bad));
      expect(answer.statusCode, answer.body).toBeLessThan(500);
    });
  });

  it.each([
    ['the audit log', '/api/audit', place('2026-99-99 10:00:00+00', 'a')],
    ['the audit log', '/api/audit', place('2026-02-30 10:00:00+00', 'a')],
    ['the audit log', '/api/audit', place('2026-01-31 10:99:00+00', 'a')],
    ['the audit log', '/api/audit', place('0000-01-31 10:00:00+00', 'a')],
    ['sessions', '/api/sessions', place('2026-13-01 10:00:00+00', 'a')],
    ['notifications', '/api/notifications', place('2026-99-99 10:00:00+00', 'a')],
  ])('a day that there is not, in a cursor of %s, is refused', async (_what, url, cursor) => {
    const answer = await (await api.as(admin))({ url, query: { cursor } });
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'INVALID']);
  });

  it('a number that there is not, in a cursor of a history, is refused', async () => {
    const cursor = place(Number.MAX_SAFE_INTEGER, 1, null, '');
    const answer = await caller({ url: `/api/sessions/${session}/history`, query: { cursor } });
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'INVALID']);
  });
});

describe('an error outside of any route', () => {
  /** Speaks bytes: an ordinary client neither sends half a request nor a wrong one. */
  async function connected(app: FastifyInstance) {
    await app.listen({ port: 0, host: '127.0.0.1' });
    const address = app.server.address();
    if (address === null || typeof address === 'string') throw new Error('No port');
    const socket = connect(address.port, '127.0.0.1');
    let heard = '';
    socket.on('data', (bytes) => (heard += String(bytes)));
    await once(socket, 'connect');
    return {
      send: (bytes: string) => void socket.write(bytes),
      async answer() {
        await once(socket, 'close');
        const [head = '', body = ''] = heard.split('\r\n\r\n');
        return { status: head.split('\r\n')[0], head, body: JSON.parse(body) as unknown };
      },
    };
  }
  const inOurShape = (code: string) => ({ error: { code, message: expect.any(String) as string } });

  it.each([
    ['that is none', 'rubbish\r\n\r\n', 'HTTP/1.1 400 Bad Request', 'INVALID'],
    [
      'with endless headers',
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      'HTTP/1.1 431 Request Header Fields Too Large',
      'TOO_LARGE',
    ],
  ])('has the same shape, for HTTP %s', async (_what, bytes, status, code) => {
    const other = await testApi(database);
    const client = await connected(other.app);
    client.send(bytes);
    expect(await client.answer()).toMatchObject({ status, body: inOurShape(code) });
    await other.close();
  });

  it('has the same shape while the process closes', async () => {
    const other = await testApi(database);
    const client = await connected(other.app);
    client.send('GET /api/me HTTP/1.1\r\nHost: a\r\n');
    const closed = other.close();
    client.send('\r\n');
    const answer = await client.answer();
    expect(answer).toMatchObject({
      status: 'HTTP/1.1 503 Service Unavailable',
      body: inOurShape('UNAVAILABLE'),
    });
    await closed;
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
