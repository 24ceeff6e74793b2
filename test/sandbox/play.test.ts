import { describe, expect, test } from 'vitest';
import { aCustomer, aSandbox, ask, PAGE, startReceiver, until } from './support.ts';

describe('playing with the sandbox', () => {
  test('shows both sides of a conversation in order', async () => {
    const sandbox = await aSandbox();
    const lan = await aCustomer(sandbox);
    const replied = await ask(`${sandbox.url}/sandbox/pages/${PAGE}/replies`, 'POST', {
      customer: lan.id,
      text: 'Còn ạ',
    });
    const { body } = await ask(`${sandbox.url}/sandbox/customers/${lan.id}/messages`);
    expect(body).toMatchObject([
      { mid: lan.mid, from: 'customer', text: 'Còn size M không?', metadata: null },
      { ...(replied.body as object), from: 'page', text: 'Còn ạ', metadata: null },
    ]);
    const outbox = await ask(`${sandbox.url}/sandbox/outbox`);
    expect(outbox.body).toMatchObject([{ customer: lan.id, text: 'Còn ạ' }]);
  });

  test.for<[string, object, string | null]>([
    ['names itself', {}, '26390203743090'],
    ['does not name itself', { appId: null }, null],
    ['is another app', { appId: '55' }, '55'],
  ])('an answer from elsewhere that %s comes as an echo', async ([, more, appId]) => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    const lan = await aCustomer(sandbox);
    const body = { customer: lan.id, text: 'Chào Lan', ...more };
    await ask(`${sandbox.url}/sandbox/pages/${PAGE}/replies`, 'POST', body);
    const echo = await until('the echo came', () =>
      receiver.facts().find((fact) => fact.type === 'echo'),
    );
    expect(echo).toMatchObject({ customer: lan.id, text: 'Chào Lan', appId, metadata: null });
  });

  test('a customer reads', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    const lan = await aCustomer(sandbox);
    await ask(`${sandbox.url}/sandbox/customers/${lan.id}/read`, 'POST');
    const read = await until('the read came', () =>
      receiver.facts().find((fact) => fact.type === 'read'),
    );
    expect(read).toMatchObject({ customer: lan.id, watermark: expect.any(Number) });
  });

  test('ids look like Meta’s', async () => {
    const sandbox = await aSandbox();
    const lan = await aCustomer(sandbox);
    expect(lan.id).toMatch(/^\d{16,17}$/);
    expect(lan.mid).toMatch(/^m_[\w-]{86}$/);
  });

  test.for<[string, string, object, number, string]>([
    ['a message without text', 'customers/LAN/messages', {}, 400, 'text'],
    [
      'a message with a field too many',
      'customers/LAN/messages',
      { text: 'a', tex: 'b' },
      400,
      'tex',
    ],
    ['a message of nobody', 'customers/5/messages', { text: 'a' }, 404, 'no customer 5'],
    ['a message to no Page', 'customers/LAN/messages', { text: 'a', page: '5' }, 404, 'no Page 5'],
    [
      'an answer to nobody',
      `pages/${PAGE}/replies`,
      { customer: '5', text: 'a' },
      404,
      'no customer 5',
    ],
    ['a fault that does not exist', 'faults/next', { fault: 'flood' }, 400, 'fault'],
  ])('%s is refused in words', async ([, path, body, status, words]) => {
    const sandbox = await aSandbox();
    const { id } = await aCustomer(sandbox);
    const answer = await ask(`${sandbox.url}/sandbox/${path.replace('LAN', id)}`, 'POST', body);
    expect(answer).toMatchObject({ status, body: { error: expect.stringContaining(words) } });
  });
});
