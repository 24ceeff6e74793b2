import { describe, expect, test } from 'vitest';
import type { ChannelClient } from '#channels/channel.ts';
import { createFacebookClient } from '#channels/facebook/graph.ts';
import type { GraphOptions } from '#channels/meta/http.ts';
import { faultSettings, type FaultSettings } from '#sandbox/faults.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import { outboxOf } from '#sandbox/world.ts';
import { aCustomer, APP_SECRET, aSandbox, ask, PAGE, serve, TOKEN } from '../../sandbox/support.ts';

const by = { asset: PAGE, token: TOKEN };
const metadata = '0198c1de-0000-7000-8000-000000000001';
const clientOf = (sandbox: Sandbox, options: Partial<GraphOptions> = {}) =>
  createFacebookClient({ baseUrl: sandbox.url, version: 'v25.0', ...options });
const send = (client: ChannelClient, recipient: string, text = 'Còn ạ') =>
  client.sendText(by, { recipient, text, metadata });

describe('sending to a Page’s customer', () => {
  test('gives the mid under which it arrived, with our metadata', async () => {
    const sandbox = await aSandbox();
    const lan = await aCustomer(sandbox);
    const outcome = await send(clientOf(sandbox, { appSecret: APP_SECRET }), lan.id, 'Còn ạ 👍');
    const [arrived] = outboxOf(sandbox.state.world);
    expect(arrived).toMatchObject({ customer: lan.id, text: 'Còn ạ 👍', metadata });
    expect(outcome).toEqual({ kind: 'sent', mid: arrived?.mid });
  });

  test.for<[keyof FaultSettings, string, number]>([
    ['refuse5xxBefore', 'unknown', 0],
    ['transient', 'unknown', 0],
    ['rateLimit', 'later', 0],
    ['fail5xxAfter', 'unknown', 1],
    ['resetAfter', 'unknown', 1],
    ['stall', 'unknown', 1],
    ['truncate', 'unknown', 1],
    ['maybeSent', 'unknown', 1],
  ])('with the fault %s is %s, and %i arrived', async ([fault, kind, arrived]) => {
    const sandbox = await aSandbox();
    const lan = await aCustomer(sandbox);
    sandbox.state.faults.set(faultSettings.parse({ [fault]: 1 }));
    const timeLimitMs = fault === 'stall' ? 100 : 10_000;
    expect((await send(clientOf(sandbox, { timeLimitMs }), lan.id)).kind).toBe(kind);
    expect(outboxOf(sandbox.state.world)).toHaveLength(arrived);
  });

  test.for<[number, number | undefined, string]>([
    [190, 460, 'token_invalid'],
    [10, 2_018_278, 'outside_window'],
    [551, 1_545_041, 'person_unavailable'],
    [368, undefined, 'account_blocked'],
    [100, 2_018_300, 'other_app_in_control'],
  ])('refused with %i/%s is %s', async ([code, error_subcode, reason]) => {
    const sandbox = await aSandbox();
    const lan = await aCustomer(sandbox);
    await ask(`${sandbox.url}/sandbox/faults/next`, 'POST', { error: { code, error_subcode } });
    expect(await send(clientOf(sandbox), lan.id)).toMatchObject({ kind: 'refused', reason });
    expect(await send(clientOf(sandbox), lan.id)).toMatchObject({ kind: 'sent' });
  });

  test.for<
    [string, { token?: string; recipient?: string; text?: string; appSecret?: string }, string]
  >([
    ['with a wrong token', { token: 'EAAwrong' }, 'token_invalid'],
    ['to a person unknown', { recipient: '99' }, 'person_unavailable'],
    ['with a text too long', { text: 'x'.repeat(2_001) }, 'invalid_request'],
    ['with a wrong proof', { appSecret: 'other' }, 'invalid_request'],
  ])('%s is refused, and the detail holds neither token nor text', async ([, given, reason]) => {
    const sandbox = await aSandbox();
    const lan = await aCustomer(sandbox);
    const { token = TOKEN, recipient = lan.id, text = 'Còn ạ', appSecret } = given;
    const client = clientOf(sandbox, { appSecret });
    const outcome = await client.sendText({ asset: PAGE, token }, { recipient, text, metadata });
    expect(outcome).toMatchObject({ kind: 'refused', reason });
    expect(JSON.stringify(outcome)).not.toContain(token);
    expect(JSON.stringify(outcome)).not.toContain(text);
  });

  test('obeys the time that a rate limit names', async () => {
    const sandbox = await aSandbox();
    const lan = await aCustomer(sandbox);
    sandbox.state.faults.set(faultSettings.parse({ rateLimit: 1 }));
    expect(await send(clientOf(sandbox), lan.id)).toMatchObject({ retryAfterMs: 60_000 });
  });
});

describe('a server that is not Meta', () => {
  const sendTo = (baseUrl: string, timeLimitMs = 10_000) =>
    send(createFacebookClient({ baseUrl, version: 'v25.0', timeLimitMs }), '200000000000001');

  test('that nobody listens at has got nothing', async () => {
    const sandbox = await aSandbox();
    await sandbox.close();
    expect(await sendTo(sandbox.url)).toMatchObject({
      kind: 'later',
      detail: 'no connection (ECONNREFUSED)',
    });
  });

  test('that answers with a megabyte and more is not read to the end', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"message_id":"m_1","x":"');
      response.end(`${'x'.repeat(2_000_000)}"}`);
    });
    expect(await sendTo(url)).toEqual({ kind: 'unknown', detail: 'HTTP 200 without message_id' });
  });

  test('that begins its answer and does not end it is given up in time', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"message_id":');
    });
    expect(await sendTo(url, 100)).toEqual({ kind: 'unknown', detail: 'no answer within 100 ms' });
  });

  test('that redirects does not get the token elsewhere', async () => {
    let isAskedElsewhere = false;
    const elsewhere = await serve((_request, response) => {
      isAskedElsewhere = true;
      response.end('{"message_id":"m_1"}');
    });
    const url = await serve((_request, response) => {
      response.writeHead(307, { location: `${elsewhere}/steal` }).end();
    });
    expect((await sendTo(url)).kind).toBe('unknown');
    expect(isAskedElsewhere).toBe(false);
  });

  test('gets the token in the header only, and the request as Meta documents it', async () => {
    const seen: { url?: string | undefined; authorization?: string | undefined; body: string }[] =
      [];
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ url: request.url, authorization: request.headers.authorization, body });
        response.end('{}');
      });
    });
    await sendTo(`${url}/`);
    expect(seen[0]).toMatchObject({
      url: `/v25.0/${PAGE}/messages`,
      authorization: `Bearer ${TOKEN}`,
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      recipient: { id: '200000000000001' },
      messaging_type: 'RESPONSE',
      message: { text: 'Còn ạ', metadata },
    });
  });
});
