import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sign } from '#channels/signature.ts';
import { META, testApi, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(() => database.db.deleteFrom('webhook_delivery').execute());

const body = Buffer.from('{"object":"page","entry":[]}');

function deliver(payload: Buffer, signature: string | undefined, type = 'application/json') {
  return api.app.inject({
    method: 'POST',
    url: '/webhooks/meta',
    payload,
    headers: {
      'content-type': type,
      ...(signature === undefined ? {} : { 'x-hub-signature-256': signature }),
    },
  });
}

const stored = () => database.db.selectFrom('webhook_delivery').select(['body', 'state']).execute();

describe('a delivery', () => {
  it('is stored byte for byte and answered, and the intake is told', async () => {
    const before = api.nudged.intake;
    const answer = await deliver(body, sign(body, META.secret));
    expect([answer.statusCode, answer.body]).toEqual([200, 'EVENT_RECEIVED']);
    expect(await stored()).toEqual([{ body, state: 'new' }]);
    expect(api.nudged.intake).toBe(before + 1);
  });

  it.each([
    ['JSON that ends too early', Buffer.from('{"object":"page","entry":[{"id"')],
    ['bytes that are no text', Buffer.from([0, 255, 254, 128])],
    ['a body of 2 MB', Buffer.alloc(2_000_000, 'a')],
  ])('with a valid signature is stored although it is %s', async (_what, payload) => {
    expect((await deliver(payload, sign(payload, META.secret))).statusCode).toBe(200);
    expect(await stored()).toEqual([{ body: payload, state: 'new' }]);
  });

  it('is stored whatever it says it is', async () => {
    const answer = await deliver(body, sign(body, META.secret), 'text/nonsense');
    expect(answer.statusCode).toBe(200);
  });

  it.each([
    ['no signature', undefined],
    ["somebody else's signature", sign(body, 'wrong')],
    ['the signature of another body', sign(Buffer.from('{}'), META.secret)],
    ['a signature of odd length', 'sha256=abc'],
    ['a signature that is not hex', `sha256=${'z'.repeat(64)}`],
    ['a signature of the old kind', `sha1=${'a'.repeat(40)}`],
    ['an empty signature', ''],
  ])('with %s is refused and not stored', async (_what, signature) => {
    const answer = await deliver(body, signature);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ error: { code: 'WRONG_SIGNATURE' } });
    expect(await stored()).toEqual([]);
  });

  it('that cannot be stored is answered with 503, so that Meta sends it again', async () => {
    const away = await testApi(database, {
      deliveries: { store: () => Promise.reject(new Error('gone')), close: async () => undefined },
    });
    const answer = await away.app.inject({
      method: 'POST',
      url: '/webhooks/meta',
      payload: body,
      headers: { 'x-hub-signature-256': sign(body, META.secret) },
    });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ error: { code: 'UNAVAILABLE' } });
    await away.close();
  });
});

describe('the verification', () => {
  const verify = (query: string) => api.app.inject(`/webhooks/meta?${query}`);

  it('echoes the challenge as it came', async () => {
    const answer = await verify(
      `hub.mode=subscribe&hub.challenge=00115820144499999999999&hub.verify_token=${META.verifyToken}`,
    );
    expect([answer.statusCode, answer.body]).toEqual([200, '00115820144499999999999']);
    expect(answer.headers['content-type']).toContain('text/plain');
  });

  it.each([
    ['a wrong token', 'hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong'],
    ['another mode', `hub.mode=x&hub.challenge=1&hub.verify_token=${META.verifyToken}`],
    ['no challenge', `hub.mode=subscribe&hub.verify_token=${META.verifyToken}`],
    [
      'a challenge given twice',
      `hub.mode=subscribe&hub.challenge=1&hub.challenge=2&hub.verify_token=${META.verifyToken}`,
    ],
    ['nothing', ''],
  ])('refuses %s', async (_what, query) => {
    const answer = await verify(query);
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ error: { code: 'WRONG_VERIFY_TOKEN' } });
  });
});
