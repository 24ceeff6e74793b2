import { describe, expect, test } from 'vitest';
import { createFacebookClient } from '#channels/facebook/graph.ts';
import { profileOf, readBackOf } from '#channels/meta/read-back.ts';
import { faultSettings } from '#sandbox/faults.ts';
import { aCustomer, aSandbox, ask, PAGE, TOKEN } from '../../sandbox/support.ts';

const by = { asset: PAGE, token: TOKEN };
const answer = (status: number, body: unknown) => ({
  kind: 'answer' as const,
  status,
  headers: new Headers(),
  body,
});

describe('reading a conversation back', () => {
  test('shows both sides, newest first, with the mids of the messages', async () => {
    const sandbox = await aSandbox();
    const client = createFacebookClient({ baseUrl: sandbox.url, version: 'v25.0' });
    const lan = await aCustomer(sandbox);
    const sent = await client.sendText(by, { recipient: lan.id, text: 'Còn ạ', metadata: 'x' });
    expect(await client.readConversation(by, lan.id)).toMatchObject({
      kind: 'messages',
      messages: [
        { mid: sent.kind === 'sent' && sent.mid, text: 'Còn ạ', fromAsset: true },
        { mid: lan.mid, text: 'Còn size M không?', fromAsset: false },
      ],
    });
  });

  test('shows the 20 newest of a long one', async () => {
    const sandbox = await aSandbox();
    const client = createFacebookClient({ baseUrl: sandbox.url, version: 'v25.0' });
    const lan = await aCustomer(sandbox);
    for (let i = 1; i <= 25; i += 1) {
      await ask(`${sandbox.url}/sandbox/customers/${lan.id}/messages`, 'POST', { text: `${i}` });
    }
    const readBack = await client.readConversation(by, lan.id);
    const texts = readBack.kind === 'messages' ? readBack.messages.map((one) => one.text) : [];
    expect(texts).toEqual(Array.from({ length: 20 }, (_, i) => `${25 - i}`));
  });

  test('with somebody who never wrote shows nothing', async () => {
    const sandbox = await aSandbox();
    const client = createFacebookClient({ baseUrl: sandbox.url, version: 'v25.0' });
    expect(await client.readConversation(by, '99')).toEqual({ kind: 'messages', messages: [] });
  });

  test('that fails says so', async () => {
    const sandbox = await aSandbox();
    const client = createFacebookClient({ baseUrl: sandbox.url, version: 'v25.0' });
    sandbox.state.faults.set(faultSettings.parse({ readBackFails: 1 }));
    expect(await client.readConversation(by, '99')).toMatchObject({ kind: 'unreadable' });
  });

  test.for<[string, number, unknown]>([
    ['no JSON', 200, undefined],
    ['no list', 200, { data: {} }],
    ['an error', 400, { error: { code: 190 } }],
    ['a list with the wrong status', 500, { data: [] }],
  ])('with %s is unreadable', ([, status, body]) => {
    expect(readBackOf(answer(status, body), PAGE).kind).toBe('unreadable');
  });

  test('leaves out what nothing can be recognised by, and puts the newest first', () => {
    const data = [
      { id: 'm_1', created_time: '2026-01-01T00:00:00+0000' },
      { id: 'm_2', created_time: '2026-01-01T00:00:05+0000', message: '', from: { id: PAGE } },
      { id: 'm_3' },
      { created_time: '2026-01-01T00:00:05+0000' },
      null,
    ];
    expect(readBackOf(answer(200, { data: [{ messages: { data } }, {}, 5] }), PAGE)).toEqual({
      kind: 'messages',
      messages: [
        { mid: 'm_2', text: null, fromAsset: true, createdAt: 1_767_225_605_000 },
        { mid: 'm_1', text: null, fromAsset: false, createdAt: 1_767_225_600_000 },
      ],
    });
  });
});

describe('a profile', () => {
  test('comes from the platform', async () => {
    const sandbox = await aSandbox();
    const client = createFacebookClient({ baseUrl: sandbox.url, version: 'v25.0' });
    const lan = await aCustomer(sandbox, 'Nguyễn Thị Lan');
    expect(await client.readProfile(by, lan.id)).toEqual({
      name: 'Nguyễn Thị Lan',
      pictureUrl: null,
    });
    expect(await client.readProfile(by, '99')).toBeNull();
  });

  test.for<[string, unknown, unknown]>([
    ['hidden', {}, { name: null, pictureUrl: null }],
    ['in parts', { first_name: 'Lan', last_name: 'Vũ' }, { name: 'Lan Vũ', pictureUrl: null }],
    [
      'with half of a name',
      { last_name: 'Vũ', profile_pic: 'https://x/a' },
      { name: 'Vũ', pictureUrl: 'https://x/a' },
    ],
    [
      'that does not exist',
      { error: { code: 100, error_subcode: 2_018_218 } },
      { name: null, pictureUrl: null },
    ],
    ['that is no JSON', undefined, null],
  ])('%s', ([, body, profile]) => {
    expect(profileOf(answer(200, body))).toEqual(profile);
  });

  test('that cannot be had now is null', () => {
    expect(profileOf({ kind: 'lost', detail: 'cut' })).toBeNull();
    expect(profileOf(answer(400, { error: { code: 100, error_subcode: 2_018_247 } }))).toBeNull();
  });
});
