import { describe, expect, test } from 'vitest';
import { createFacebookClient } from '#channels/facebook/graph.ts';
import { createInstagramClient } from '#channels/instagram/graph.ts';
import { faultSettings } from '#sandbox/faults.ts';
import { SEED_INSTAGRAM, SEED_PAGE, SEED_POSTS } from '#sandbox/seed.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import { aSandbox, ask, startReceiver, until } from './support.ts';

const networks = [
  ['facebook', createFacebookClient, SEED_PAGE, SEED_POSTS[0]?.id ?? ''],
  ['instagram', createInstagramClient, SEED_INSTAGRAM, SEED_POSTS[1]?.id ?? ''],
] as const;

async function aCommenter(sandbox: Sandbox, post: string, more: object = {}) {
  const play = (method: string, path: string, json?: unknown) =>
    ask(`${sandbox.url}/sandbox/${path}`, method, json);
  const { id: customer } = (await play('POST', 'customers', { name: 'Lan Hoa' })).body as {
    id: string;
  };
  const said = { post, text: 'Giá sao?', ...more };
  const made = await play('POST', `customers/${customer}/comments`, said);
  return { play, customer, comment: (made.body as { id: string }).id };
}

describe.each(networks)('comments on %s', (platform, createClient, page, post) => {
  const by = { asset: page.id, token: page.token };
  const clientOf = (sandbox: Sandbox) => createClient({ baseUrl: sandbox.url, version: 'v25.0' });

  test('of customers and of the Page come as webhooks, answers under the top-level comment', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    const { play, customer, comment } = await aCommenter(sandbox, post);
    const nested = { post, parent: comment, text: 'Có size M?' };
    const second = await play('POST', `customers/${customer}/comments`, nested);
    const { id } = second.body as { id: string };
    const sent = await clientOf(sandbox).replyToComment(by, { comment: id, text: 'Dạ còn' });
    const facts = await until(
      'all three came',
      () => receiver.facts().length === 3 && receiver.facts(),
    );
    expect(facts).toMatchObject([
      { type: 'comment', customer, mid: comment, parent: null, post: { id: post } },
      { type: 'comment', customer, mid: id, parent: comment },
      {
        type: 'own_comment',
        mid: sent.kind === 'sent' && sent.mid,
        parent: comment,
        text: 'Dạ còn',
      },
    ]);
  });

  test('whose author hides come without one', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    await aCommenter(sandbox, post, { isHiddenAuthor: true });
    await until('it came', () => receiver.facts().length === 1);
    expect(receiver.facts()).toMatchObject([{ isAuthorHidden: true }]);
  });

  test('are read back under the comment that they answer', async () => {
    const sandbox = await aSandbox();
    const { comment } = await aCommenter(sandbox, post);
    await clientOf(sandbox).replyToComment(by, { comment, text: 'Dạ còn' });
    expect(await clientOf(sandbox).readReplies(by, comment)).toMatchObject({
      kind: 'messages',
      messages: [{ text: 'Dạ còn', fromAsset: true }],
    });
    sandbox.state.faults.set(faultSettings.parse({ readBackFails: 1 }));
    expect((await clientOf(sandbox).readReplies(by, comment)).kind).toBe('unreadable');
  });

  test('that were removed cannot be answered', async () => {
    const sandbox = await aSandbox();
    const { play, comment } = await aCommenter(sandbox, post);
    await play('DELETE', `comments/${comment}`);
    expect(await clientOf(sandbox).replyToComment(by, { comment, text: 'Dạ' })).toMatchObject({
      kind: 'refused',
      reason: 'comment_gone',
    });
  });

  test('go with their post when it is deleted, of which Facebook tells', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    const { play, comment } = await aCommenter(sandbox, post);
    await until('the comment came', () => receiver.facts().length === 1);
    expect((await play('DELETE', `posts/${post}`)).status).toBe(204);
    expect((await play('DELETE', `posts/${post}`)).status).toBe(404);
    expect((await play('DELETE', `comments/${comment}`)).status).toBe(404);
    expect((await play('GET', `posts?page=${page.id}`)).body).toEqual([]);
    expect(await clientOf(sandbox).replyToComment(by, { comment, text: 'Dạ' })).toMatchObject({
      kind: 'refused',
      reason: 'comment_gone',
    });
    if (platform === 'instagram') return;
    await until('its removal came', () => receiver.facts().length === 2);
    expect(receiver.facts()[1]).toEqual({ type: 'post_removed', id: post });
  });

  for (const [fault, kind, answers] of [
    ['resetAfter', 'unknown', 1],
    ['truncate', 'unknown', 1],
    ['refuse5xxBefore', 'unknown', 0],
    ['rateLimit', 'later', 0],
  ] as const)
    test(`suffer the fault ${fault}: ${kind}, ${answers} of it there`, async () => {
      const sandbox = await aSandbox();
      const { play, customer, comment } = await aCommenter(sandbox, post);
      await play('POST', 'faults/next', { customer, fault });
      const client = clientOf(sandbox);
      expect((await client.replyToComment(by, { comment, text: 'Dạ còn' })).kind).toBe(kind);
      const read = await client.readReplies(by, comment);
      expect(read.kind === 'messages' && read.messages).toHaveLength(answers);
    });

  test(
    platform === 'facebook' ? 'are refused when repeated (506)' : 'may be repeated',
    async () => {
      const sandbox = await aSandbox();
      const { comment } = await aCommenter(sandbox, post);
      const answer = () => clientOf(sandbox).replyToComment(by, { comment, text: 'Dạ còn' });
      await answer();
      expect((await answer()).kind).toBe(platform === 'facebook' ? 'duplicate' : 'sent');
    },
  );

  test(platform === 'facebook' ? 'may be edited' : 'cannot be edited', async () => {
    const sandbox = await aSandbox();
    const { play, comment } = await aCommenter(sandbox, post);
    const { status } = await play('PUT', `comments/${comment}`, { text: 'Giá?' });
    expect(status).toBe(platform === 'facebook' ? 200 : 409);
  });

  test('show in the list of the post, in what the customer sees, and in what happened', async () => {
    const sandbox = await aSandbox();
    const { play, customer, comment } = await aCommenter(sandbox, post);
    const from = { id: customer, name: 'Lan Hoa', isPage: false };
    expect((await play('GET', `posts/${post}/comments`)).body).toMatchObject([
      { id: comment, from },
    ]);
    expect((await play('GET', `posts?page=${page.id}`)).body).toMatchObject([
      { id: post, platform, comments: 1 },
    ]);
    expect((await play('GET', `customers/${customer}/view`)).body).toMatchObject({
      customer: { id: customer, name: 'Lan Hoa' },
      conversations: [],
      posts: expect.arrayContaining([
        {
          post: expect.objectContaining({ id: post }),
          comments: [expect.objectContaining({ id: comment })],
        },
      ]),
    });
    const all = (await play('GET', 'events')).body as {
      events: { seq: number; type: string }[];
      next: number;
    };
    const seen = all.events.find(({ type }) => type === 'comment');
    expect(seen).toMatchObject({ comment: { id: comment, from } });
    const later = (await play('GET', `events?after=${all.next}`)).body as typeof all;
    expect(later).toMatchObject({ next: later.events.at(-1)?.seq ?? all.next });
  });
});

describe('messages on Instagram', () => {
  test('come as webhooks of both sides, without app and without metadata', async () => {
    const receiver = await startReceiver();
    const sandbox = await aSandbox({ webhookUrl: receiver.url });
    const { play, customer } = await aCommenter(sandbox, SEED_POSTS[1]?.id ?? '');
    await play('POST', `customers/${customer}/messages`, { page: SEED_INSTAGRAM.id, text: 'Hi' });
    const client = createInstagramClient({ baseUrl: sandbox.url, version: 'v25.0' });
    const by = { asset: SEED_INSTAGRAM.id, token: SEED_INSTAGRAM.token };
    const sent = await client.sendText(by, { recipient: customer, text: 'Chào', metadata: 'x' });
    await play('POST', `customers/${customer}/read`, { page: SEED_INSTAGRAM.id });
    await until('all came', () => receiver.facts().length === 4);
    const mid = sent.kind === 'sent' ? sent.mid : '';
    expect(receiver.facts()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'message', customer, text: 'Hi' }),
        expect.objectContaining({ type: 'echo', customer, mid, appId: null, metadata: null }),
        { type: 'read', customer, watermark: null, mid },
      ]),
    );
    expect(await client.readConversation(by, customer)).toMatchObject({
      messages: [{ mid, text: 'Chào', fromAsset: true }, { text: 'Hi' }],
    });
    expect(await client.readProfile(by, customer)).toMatchObject({ name: 'Lan Hoa' });
  });

  test('are refused beyond 1000 bytes', async () => {
    const sandbox = await aSandbox();
    const { play, customer } = await aCommenter(sandbox, SEED_POSTS[1]?.id ?? '');
    await play('POST', `customers/${customer}/messages`, { page: SEED_INSTAGRAM.id, text: 'Hi' });
    const client = createInstagramClient({ baseUrl: sandbox.url, version: 'v25.0' });
    const by = { asset: SEED_INSTAGRAM.id, token: SEED_INSTAGRAM.token };
    const send = (text: string) => client.sendText(by, { recipient: customer, text, metadata: '' });
    expect((await send('ế'.repeat(333))).kind).toBe('sent');
    expect(await send('ế'.repeat(334))).toMatchObject({ kind: 'refused' });
  });
});
