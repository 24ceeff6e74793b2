import { describe, expect, test } from 'vitest';
import { aCustomer, aSandbox, ask, PAGE, TOKEN } from './support.ts';

const HOUR = 3_600_000;
const bearer = { authorization: `Bearer ${TOKEN}` };
const messages = `v25.0/${PAGE}/messages`;
const text = (id: string, more: object = {}) => ({
  recipient: { id },
  message: { text: 'Chào' },
  ...more,
});

describe('the sandbox’s Graph API', () => {
  test('answers a send in Meta’s form, with its usage header', async () => {
    const sandbox = await aSandbox();
    const { id } = await aCustomer(sandbox);
    const answer = await ask(`${sandbox.url}/${messages}`, 'POST', text(id), bearer);
    expect(answer).toMatchObject({ status: 200, body: { recipient_id: id } });
    expect(answer.body).toHaveProperty('message_id', expect.stringMatching(/^m_/));
    expect(answer.headers.get('x-app-usage')).toContain('call_count');
  });

  test.for<[string, string, object, Record<string, string>, object]>([
    [
      'accepts me for the Page',
      'v25.0/me/messages',
      {},
      bearer,
      { recipient_id: expect.any(String) },
    ],
    [
      'accepts the token as a parameter',
      `${messages}?access_token=${TOKEN}`,
      {},
      {},
      { recipient_id: expect.any(String) },
    ],
    [
      'accepts that the Page is typing',
      messages,
      { message: undefined, sender_action: 'typing_on' },
      bearer,
      { recipient_id: expect.any(String) },
    ],
    ['refuses no token', messages, {}, {}, { error: { code: 190 } }],
    [
      'refuses another token',
      messages,
      {},
      { authorization: 'Bearer x' },
      { error: { code: 190 } },
    ],
    [
      'refuses another Page',
      'v25.0/100000000000009/messages',
      {},
      bearer,
      { error: { code: 100, error_subcode: 33 } },
    ],
    [
      'refuses a wrong proof',
      `${messages}?appsecret_proof=0`,
      {},
      bearer,
      { error: { code: 100 } },
    ],
    [
      'refuses an unknown person',
      messages,
      { recipient: { id: '5' } },
      bearer,
      { error: { code: 100, error_subcode: 2_018_001 } },
    ],
    ['refuses no recipient', messages, { recipient: {} }, bearer, { error: { code: 100 } }],
    ['refuses no message', messages, { message: undefined }, bearer, { error: { code: 100 } }],
    [
      'refuses a message and an action at once',
      messages,
      { sender_action: 'typing_on' },
      bearer,
      { error: { code: 100 } },
    ],
    [
      'refuses 2001 characters',
      messages,
      { message: { text: 'đ'.repeat(2_001) } },
      bearer,
      { error: { code: 100 } },
    ],
    [
      'refuses long metadata',
      messages,
      { message: { text: 'a', metadata: 'x'.repeat(1_000) } },
      bearer,
      { error: { code: 100 } },
    ],
    [
      'refuses another type of message',
      messages,
      { messaging_type: 'SPAM' },
      bearer,
      { error: { code: 100 } },
    ],
  ])('%s', async ([, path, more, headers, body]) => {
    const sandbox = await aSandbox();
    const { id } = await aCustomer(sandbox);
    const answer = await ask(`${sandbox.url}/${path}`, 'POST', text(id, more), headers);
    expect(answer.body).toMatchObject(body);
    expect(answer.status).toBe('error' in body ? 400 : 200);
  });

  test('counts characters, not UTF-16 units or bytes', async () => {
    const sandbox = await aSandbox();
    const { id } = await aCustomer(sandbox);
    const message = { text: '👍'.repeat(2_000) };
    const answer = await ask(`${sandbox.url}/${messages}`, 'POST', text(id, { message }), bearer);
    expect(answer.status).toBe(200);
  });

  test.for<[string, number, object, number | undefined]>([
    ['closes the window after 24 hours', 25 * HOUR, {}, 2_018_278],
    [
      'lets a person answer for 7 days',
      25 * HOUR,
      { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' },
      undefined,
    ],
    [
      'closes that after 7 days too',
      170 * HOUR,
      { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' },
      2_018_278,
    ],
  ])('%s', async ([, agoMs, more, error_subcode]) => {
    const sandbox = await aSandbox();
    const created = await ask(`${sandbox.url}/sandbox/customers`, 'POST', { name: 'Hoa' });
    const { id } = created.body as { id: string };
    const written = { text: 'Chào', at: Date.now() - agoMs };
    await ask(`${sandbox.url}/sandbox/customers/${id}/messages`, 'POST', written);
    const answer = await ask(`${sandbox.url}/${messages}`, 'POST', text(id, more), bearer);
    expect(answer.status).toBe(error_subcode === undefined ? 200 : 400);
    if (error_subcode !== undefined)
      expect(answer.body).toMatchObject({ error: { code: 10, error_subcode } });
  });

  test('knows Pages that are added, each with its own customers', async () => {
    const sandbox = await aSandbox();
    const lan = await aCustomer(sandbox);
    const page = { id: '100000000000002', name: 'Tiệm Hai', token: 'second-token' };
    expect(await ask(`${sandbox.url}/sandbox/pages`, 'POST', page)).toMatchObject({ status: 201 });
    const send = () =>
      ask(`${sandbox.url}/v25.0/${page.id}/messages`, 'POST', text(lan.id), {
        authorization: 'Bearer second-token',
      });
    expect(await send()).toMatchObject({ body: { error: { error_subcode: 2_018_001 } } });
    await ask(`${sandbox.url}/sandbox/customers/${lan.id}/messages`, 'POST', {
      page: page.id,
      text: 'Chào tiệm hai',
    });
    expect(await send()).toMatchObject({ status: 200 });
  });
});
