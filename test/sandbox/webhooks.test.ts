import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultSettings } from '#sandbox/faults.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import { aCustomer, aSandbox, APP_ID, ask, PAGE, startReceiver, TOKEN, until } from './support.ts';

const write = (sandbox: Sandbox, id: string, text: string) =>
  ask(`${sandbox.url}/sandbox/customers/${id}/messages`, 'POST', { text });
const reply = (sandbox: Sandbox, id: string, text: string) =>
  ask(
    `${sandbox.url}/v25.0/${PAGE}/messages`,
    'POST',
    { recipient: { id }, messaging_type: 'RESPONSE', message: { text, metadata: 'ours' } },
    { authorization: `Bearer ${TOKEN}` },
  );
const pending = async (sandbox: Sandbox) =>
  ((await ask(`${sandbox.url}/sandbox/pending`)).body as { pending: number }).pending;
const settled = (sandbox: Sandbox) =>
  until('nothing is pending', async () => (await pending(sandbox)) === 0);
const aDataFile = () => join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'deep', 'data.jsonl');

describe('the sandbox’s webhooks', () => {
  test('are signed over their bytes, which are escaped as Meta escapes them', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    const lan = await aCustomer(sandbox);
    await settled(sandbox);
    expect(receiver.deliveries.map((one) => one.isSigned)).toEqual([true]);
    expect(receiver.deliveries[0]?.body.toString()).toContain(
      '"text":"C\\u00f2n size M kh\\u00f4ng?"',
    );
    expect(receiver.facts()).toMatchObject([
      { type: 'message', customer: lan.id, mid: lan.mid, text: 'Còn size M không?' },
    ]);
  });

  test('tell of our message by echo, with app and metadata, then by receipt', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    const lan = await aCustomer(sandbox);
    const { body } = await reply(sandbox, lan.id, 'Còn ạ 👍');
    const mid = (body as { message_id: string }).message_id;
    await settled(sandbox);
    expect(receiver.facts().slice(1)).toMatchObject([
      { type: 'echo', customer: lan.id, mid, text: 'Còn ạ 👍', appId: APP_ID, metadata: 'ours' },
      { type: 'delivered', customer: lan.id, mids: [mid] },
    ]);
  });

  test('come again until they are answered with 200, in order', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    receiver.answerWith(503);
    const lan = await aCustomer(sandbox);
    await write(sandbox, lan.id, 'hai');
    await until('three were tried', () => receiver.deliveries.length >= 3);
    expect(await pending(sandbox)).toBe(2);
    receiver.answerWith(200);
    await settled(sandbox);
    expect(receiver.facts()).toMatchObject([{ mid: lan.mid }, { text: 'hai' }]);
  });

  test('of one customer do not wait for those of another', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    const people = await Promise.all(Array.from({ length: 20 }, () => aCustomer(sandbox)));
    await Promise.all(
      people.flatMap(({ id }) => ['b', 'c'].map((text) => write(sandbox, id, text))),
    );
    await settled(sandbox);
    expect(receiver.facts()).toHaveLength(60);
  });

  test('that nobody took are sent again by the next process, once', async () => {
    const receiver = await startReceiver();
    const dataFile = aDataFile();
    const first = await aSandbox({ webhookUrl: receiver.url, dataFile });
    receiver.answerWith(500);
    const lan = await aCustomer(first);
    await until('it was tried', () => receiver.deliveries.length > 0);
    await first.close();
    receiver.answerWith(200);
    const second = await aSandbox({ webhookUrl: receiver.url, dataFile });
    await settled(second);
    expect(receiver.facts()).toMatchObject([{ mid: lan.mid }]);
    await second.close();
    const third = await aSandbox({ webhookUrl: receiver.url, dataFile });
    await write(third, lan.id, 'hai');
    await settled(third);
    // Had the first not been known as acknowledged, it would have come once more before this one.
    expect(receiver.facts()).toMatchObject([{ mid: lan.mid }, { text: 'hai' }]);
    const { body } = await ask(`${third.url}/sandbox/customers/${lan.id}/messages`);
    expect(body).toMatchObject([{ mid: lan.mid, from: 'customer' }, { text: 'hai' }]);
  });

  test('survive a line that a killed process did not finish', async () => {
    const dataFile = aDataFile();
    const first = await aSandbox({ dataFile });
    const lan = await aCustomer(first);
    await first.close();
    writeFileSync(dataFile, '{"type":"mess', { flag: 'a' });
    const second = await aSandbox({ dataFile });
    expect((await ask(`${second.url}/sandbox/customers`)).body).toMatchObject([{ id: lan.id }]);
    await second.close();
    expect(readFileSync(dataFile, 'utf8')).not.toContain('{"type":"mess\n');
  });

  test('tell only of the fields that the app subscribed to', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    const path = `${sandbox.url}/v25.0/me/subscribed_apps`;
    const bearer = { authorization: `Bearer ${TOKEN}` };
    await ask(path, 'DELETE', undefined, bearer);
    expect((await ask(path, 'GET', undefined, bearer)).body).toEqual({ data: [] });
    const lan = await aCustomer(sandbox);
    await ask(`${path}?subscribed_fields=messages,feed`, 'POST', undefined, bearer);
    expect((await ask(path, 'GET', undefined, bearer)).body).toMatchObject({
      data: [{ id: APP_ID, subscribed_fields: ['messages', 'feed'] }],
    });
    await write(sandbox, lan.id, 'nghe không?');
    // Neither echo nor receipt: the app asked for messages and feed.
    await reply(sandbox, lan.id, 'Nghe ạ');
    await settled(sandbox);
    expect(receiver.facts()).toMatchObject([{ text: 'nghe không?' }]);
  });

  test('go to another address once it answers the challenge', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox();
    expect(await ask(`${sandbox.url}/sandbox/webhook`, 'PUT', { url: receiver.url })).toMatchObject(
      {
        status: 200,
      },
    );
    const elsewhere = { url: `${sandbox.url}/nothing` };
    expect(await ask(`${sandbox.url}/sandbox/webhook`, 'PUT', elsewhere)).toMatchObject({
      status: 502,
    });
    await aCustomer(sandbox);
    await settled(sandbox);
    expect(receiver.facts()).toHaveLength(1);
  });

  test('can be any bytes, signed and posted once', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    receiver.answerWith(418);
    const answer = await fetch(`${sandbox.url}/sandbox/webhooks`, {
      method: 'POST',
      body: '{"broken',
    });
    expect(await answer.json()).toEqual({ status: 418 });
    expect(receiver.deliveries).toEqual([{ body: Buffer.from('{"broken'), isSigned: true }]);
  });
});

describe('faults of webhooks', () => {
  const withFault = async (fault: object) => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    const lan = await aCustomer(sandbox);
    await settled(sandbox);
    sandbox.state.faults.set(faultSettings.parse(fault));
    return { receiver, sandbox, lan };
  };
  const types = (receiver: { facts(): { type: string }[] }) =>
    receiver.facts().map((one) => one.type);

  test('dropEcho loses the echo, not the receipt', async () => {
    const { receiver, sandbox, lan } = await withFault({ dropEcho: 1 });
    await reply(sandbox, lan.id, 'Còn ạ');
    await settled(sandbox);
    expect(types(receiver)).toEqual(['message', 'delivered']);
  });

  test('echoDelayMs lets others go first', async () => {
    const { receiver, sandbox, lan } = await withFault({ echoDelayMs: 300 });
    await reply(sandbox, lan.id, 'Còn ạ');
    await settled(sandbox);
    expect(types(receiver)).toEqual(['message', 'delivered', 'echo']);
  });

  test('echoFirst tells of the message before its call is answered', async () => {
    const { receiver, sandbox, lan } = await withFault({ echoFirst: 1 });
    await reply(sandbox, lan.id, 'Còn ạ');
    expect(types(receiver)).toContain('echo');
  });

  test('duplicateWebhooks sends the same bytes twice', async () => {
    const { receiver, sandbox, lan } = await withFault({ duplicateWebhooks: 1 });
    await write(sandbox, lan.id, 'hai');
    await until('it came twice', () => receiver.deliveries.length === 3);
    expect(receiver.deliveries[2]?.body).toEqual(receiver.deliveries[1]?.body);
  });

  test('reorder lets later ones overtake', async () => {
    const { receiver, sandbox, lan } = await withFault({ reorder: 1, seed: 3 });
    const texts = Array.from({ length: 10 }, (_, i) => `${i}`);
    for (const text of texts) await write(sandbox, lan.id, text);
    await settled(sandbox);
    const came = receiver
      .facts()
      .map((one) => ('text' in one ? one.text : null))
      .slice(1);
    expect(came).not.toEqual(texts);
    expect(came.toSorted()).toEqual(texts);
  });
});
