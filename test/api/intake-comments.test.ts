import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fact } from '#channels/channel.ts';
import type { MessageState } from '#db/stored.ts';
import type { SessionId } from '#domain/ids.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aMessage } from '#test/support/workspace.ts';
import {
  apps,
  at,
  commentEdited,
  commentRemoved,
  comments,
  HOA,
  LAN,
  pageComments,
  pageWrites,
  POST,
  read,
  TestPage,
  writes,
} from './intake-support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const page = () => TestPage.connect(database.db);
const hoa = (mid: string, more = {}) => comments(mid, { customer: HOA, name: 'Hoa', ...more });

const sessionsOf = (at: TestPage) =>
  at.db
    .selectFrom('session')
    .innerJoin('customer', 'customer.id', 'session.customer_id')
    .select(['session.id', 'session.kind', 'session.post_id', 'customer.name'])
    .where('session.channel_id', '=', at.channel)
    .orderBy('customer.name')
    .orderBy('session.kind')
    .orderBy('session.post_id')
    .execute();

describe('a customer’s comment', () => {
  test('makes a session of its post, the message and its place in the journal', async () => {
    const lan = await page();
    await lan.takesIn(comments('c1'));
    expect(await lan.session()).toMatchObject({
      kind: 'comment',
      post_id: POST,
      status: 'done',
      start_seq: 1,
      preview: 'text of c1',
      last_customer_at: new Date(at(0)),
    });
    expect(await lan.message('c1')).toMatchObject({ seq: 1, direction: 'in', parent: null });
    expect(await lan.kinds()).toEqual(['customer_message']);
  });

  test('opens no messaging window', async () => {
    const lan = await page();
    await lan.takesIn(comments('c1'));
    expect((await lan.session()).window_from).toBeNull();
  });

  test('goes to a session for each customer, post and kind', async () => {
    const at = await page();
    const other = { id: '100_600', text: null, permalink: null };
    await at.takesIn(
      comments('c1'),
      writes('m1'),
      hoa('c2', { parent: 'c1' }),
      comments('c3', { post: other }),
    );
    expect(await sessionsOf(at)).toMatchObject([
      { name: 'Hoa', kind: 'comment', post_id: POST },
      { name: 'Lan', kind: 'comment', post_id: POST },
      { name: 'Lan', kind: 'comment', post_id: '100_600' },
      { name: 'Lan', kind: 'message', post_id: '' },
    ]);
  });

  test('of somebody whom Meta hides goes to a session of its own, unnamed, whose profile nobody asks for', async () => {
    const at = await page();
    const hidden = { isAuthorHidden: true, name: null };
    await at.takesIn(
      comments('c1', { ...hidden, customer: 'comment:c1' }),
      comments('c2', { ...hidden, customer: 'comment:c2' }),
    );
    expect(await sessionsOf(at)).toMatchObject([{ name: null }, { name: null }]);
    const due = await at.db
      .selectFrom('customer')
      .select('profile_due_at')
      .where('channel_id', '=', at.channel)
      .execute();
    expect(due).toEqual([{ profile_due_at: null }, { profile_due_at: null }]);
  });

  test('names a customer who had none, and leaves a name that is there', async () => {
    const lan = await page();
    await lan.takesInOneByOne(writes('m1'), comments('c1'), comments('c2', { name: 'Lan Anh' }));
    expect((await sessionsOf(lan)).map(({ name }) => name)).toEqual(['Lan', 'Lan']);
  });

  test('tells what is known of its post, and forgets nothing of it', async () => {
    const lan = await page();
    await lan.takesIn(
      { type: 'post', id: POST, text: 'New!', permalink: null },
      comments('c1', { post: { id: POST, text: null, permalink: 'https://x/500' } }),
    );
    await lan.takesIn(comments('c2'));
    const posts = await lan.db
      .selectFrom('post')
      .select(['external_id', 'text', 'permalink'])
      .where('channel_id', '=', lan.channel)
      .execute();
    expect(posts).toEqual([{ external_id: POST, text: 'New!', permalink: 'https://x/500' }]);
  });

  test('taken in twice changes nothing', async () => {
    const lan = await page();
    const story = [
      comments('c1'),
      commentEdited('c1', 'better'),
      pageComments('p1'),
      commentRemoved('c1'),
    ];
    await lan.takesIn(...story);
    const before = { counts: await lan.counts(), messages: await lan.messages() };
    await lan.takesInOneByOne(...story);
    await lan.takesIn(...story.toReversed());
    expect({ counts: await lan.counts(), messages: await lan.messages() }).toEqual(before);
  });

  for (const [name, order] of [
    ['after', [comments('c1'), commentEdited('c1', 'new', 7), commentRemoved('c1')]],
    ['before', [commentRemoved('c1'), commentEdited('c1', 'new', 7), comments('c1')]],
  ] as const)
    test(`edited and removed ${name} it came leaves nothing of its words`, async () => {
      const lan = await page();
      await lan.takesInOneByOne(comments('c0', { text: 'first' }), ...order);
      expect(await lan.message('c1')).toMatchObject({ text: null, edit_no: 7 });
      expect((await lan.session()).preview).toBe('first');
    });

  test('that is removed says so in the journal', async () => {
    const lan = await page();
    await lan.takesInOneByOne(comments('c1'), comments('c2'), commentRemoved('c1'));
    expect((await lan.journal()).at(-1)).toMatchObject({
      kind: 'customer_message_removed',
      ofSeq: 1,
    });
  });
});

describe('the Page’s own comment', () => {
  const sessionOf = async (lan: TestPage, mid: string) => (await lan.message(mid)).session_id;

  test('is a staff answer in the session of the customer whom it answers', async () => {
    const lan = await page();
    await lan.takesInOneByOne(comments('c1'), pageComments('p1', { occurredAt: at(1) }));
    expect(await lan.message('p1')).toMatchObject({
      direction: 'out',
      author: 'elsewhere',
      state: 'sent',
      parent: 'c1',
    });
    expect((await lan.journal()).at(-1)).toMatchObject({ kind: 'foreign_message', answer: true });
  });

  for (const [what, take] of [
    [
      'one by one',
      (lan: TestPage, ...facts: Parameters<TestPage['takesIn']>) => lan.takesInOneByOne(...facts),
    ],
    [
      'in one batch',
      (lan: TestPage, ...facts: Parameters<TestPage['takesIn']>) => lan.takesIn(...facts),
    ],
  ] as const) {
    test(`answers the last customer in the thread (${what})`, async () => {
      const lan = await page();
      const reply = hoa('c2', { parent: 'c1', occurredAt: at(5) });
      await take(lan, comments('c1'), reply, pageComments('p1'));
      expect(await sessionOf(lan, 'p1')).toBe(await sessionOf(lan, 'c2'));
    });

    test(`answers whom it tags (${what})`, async () => {
      const lan = await page();
      const reply = hoa('c2', { parent: 'c1', occurredAt: at(5) });
      await take(lan, comments('c1'), reply, pageComments('p1', { tagged: [LAN] }));
      expect(await sessionOf(lan, 'p1')).toBe(await sessionOf(lan, 'c1'));
    });
  }

  test('of the same second as the comment that it answers is later than it', async () => {
    const lan = await page();
    const second = at(0);
    await lan.takesInItems(
      lan.delivery([comments('c1', { occurredAt: second })], new Date(second + 200)),
    );
    await lan.takesInItems(
      lan.delivery([pageComments('p1', { occurredAt: second })], new Date(second + 800)),
    );
    expect((await lan.journal()).at(-1)).toMatchObject({ sentAt: second + 800 });
  });

  test('at the top level opens no session', async () => {
    const lan = await page();
    await lan.takesIn(pageComments('p1', { parent: null }));
    expect(await sessionsOf(lan)).toEqual([]);
    expect(await lan.messages()).toEqual([]);
  });

  for (const [what, take] of [
    ['one by one', (lan: TestPage, ...facts: Fact[]) => lan.takesInOneByOne(...facts)],
    ['in one batch', (lan: TestPage, ...facts: Fact[]) => lan.takesIn(...facts)],
  ] as const) {
    test(`that comes before the comment that it answers waits for it (${what})`, async () => {
      const lan = await page();
      await take(lan, pageComments('p1'), pageComments('p1'), comments('c1'));
      const before = await lan.counts();
      await take(lan, pageComments('p1'), comments('c1'));
      expect(await lan.counts()).toEqual(before);
      expect((await lan.messages()).map(({ mid, author }) => [mid, author])).toEqual([
        ['c1', 'customer'],
        ['p1', 'elsewhere'],
      ]);
      expect(await lan.kinds()).toEqual(['customer_message', 'foreign_message']);
      expect(await sessionOf(lan, 'p1')).toBe(await sessionOf(lan, 'c1'));
    });

    test(`that comes before it has answered it: nobody waits (${what})`, async () => {
      const lan = await page();
      await take(lan, pageComments('p1', { occurredAt: Date.now() - 60_000 }), comments('c1'));
      const { received_at } = await lan.message('c1');
      const [, answer] = await lan.journal();
      expect(answer).toMatchObject({ answer: true, sentAt: received_at.getTime() });
    });

    test(`that comes before it, edited and removed, leaves nothing of its words (${what})`, async () => {
      const lan = await page();
      await take(
        lan,
        pageComments('p1'),
        commentEdited('p1', 'sửa'),
        commentRemoved('p1'),
        comments('c1'),
      );
      expect(await lan.message('p1')).toMatchObject({ text: null, removed_at: expect.any(Date) });
    });
  }

  test('that comes before it answers who is in the thread by then, and is there once', async () => {
    const lan = await page();
    await lan.takesInOneByOne(
      pageComments('p1'),
      hoa('c2', { parent: 'c1', occurredAt: at(5) }),
      pageComments('p1'),
      comments('c1'),
    );
    const found = (await lan.messages()).filter(({ mid }) => mid === 'p1');
    expect(found.map(({ session_id }) => session_id)).toEqual([await sessionOf(lan, 'c2')]);
  });

  test('that waits is of its own channel', async () => {
    const lan = await page();
    const other = await page();
    await other.takesIn(pageComments('p1'));
    await lan.takesIn(comments('c1'));
    expect((await lan.messages()).map(({ mid }) => mid)).toEqual(['c1']);
  });

  test('is found by the customer who answers it, and answers them', async () => {
    const lan = await page();
    await lan.takesInOneByOne(
      pageComments('p1', { parent: null }),
      comments('c2', { parent: 'p1' }),
      pageComments('p2', { parent: 'p1' }),
    );
    expect(await sessionOf(lan, 'p2')).toBe(await sessionOf(lan, 'c2'));
  });

  const oursIn = async (
    lan: TestPage,
    state: MessageState,
    text = 'Dạ còn ạ',
    handedOver = at(59),
  ) => {
    const { id } = await lan.session();
    return aMessage(lan.db, {
      session: id,
      channel: lan.channel,
      seq: 2,
      direction: 'out',
      author: 'agent',
      state,
      text,
      parent: 'c1',
      reply_to: 'c1',
      occurred_at: new Date(handedOver),
    });
  };
  const shown = pageComments('p1', { text: 'Dạ còn ạ' });

  for (const state of ['sending', 'unconfirmed'] as const)
    test(`with the words of our reply that is ${state} settles it`, async () => {
      const lan = await page();
      await lan.takesIn(comments('c1'));
      const id = await oursIn(lan, state);
      await lan.takesIn(shown);
      expect(await lan.message('p1')).toMatchObject({ id, author: 'agent', state: 'sent' });
      expect((await lan.journal()).at(-1)).toMatchObject({
        kind: 'send_outcome',
        send: { messageId: id, result: { is: 'sent' } },
      });
    });

  test('gives a reply its name that was sent, and whose id nobody had told', async () => {
    const lan = await page();
    await lan.takesIn(comments('c1'));
    const id = await oursIn(lan, 'sent');
    await lan.takesIn(shown);
    expect((await lan.message('p1')).id).toBe(id);
    expect(await lan.kinds()).toEqual(['customer_message']);
  });

  test('settles the oldest of two replies with the same words, and the next event the other', async () => {
    const lan = await page();
    await lan.takesIn(comments('c1'));
    const later = await oursIn(lan, 'sending', 'Dạ còn ạ', at(58));
    const first = await oursIn(lan, 'sending', 'Dạ còn ạ', at(50));
    await lan.takesIn(shown, { ...shown, mid: 'p2' });
    expect((await lan.message('p1')).id).toBe(first);
    expect((await lan.message('p2')).id).toBe(later);
  });

  for (const [what, state, more] of [
    ['that has not been handed over', 'queued', {}],
    ['that was refused', 'failed', {}],
    ['with other words', 'sending', { text: 'Hết rồi' }],
    ['under another comment', 'sending', { parent: 'c9' }],
  ] as const)
    test(`does not settle a reply ${what}`, async () => {
      const lan = await page();
      await lan.takesIn(comments('c1'), comments('c9'));
      const id = await oursIn(lan, state);
      await lan.takesIn({ ...shown, ...more });
      expect((await lan.message('p1')).id).not.toBe(id);
      expect((await lan.message('p1')).author).toBe('elsewhere');
    });
});

describe('an echo on Instagram, which never carries our id', () => {
  const echo = pageWrites('e1', { text: 'Dạ còn ạ', occurredAt: at(60) });
  const open = async () => {
    const lan = await TestPage.connect(database.db, 'instagram');
    await lan.takesIn(writes('m1'));
    return lan;
  };
  const ours = async (lan: TestPage, session: SessionId, seconds = 59) =>
    aMessage(lan.db, {
      session,
      channel: lan.channel,
      seq: 2,
      direction: 'out',
      author: 'agent',
      state: 'sending',
      text: 'Dạ còn ạ',
      occurred_at: new Date(at(seconds)),
    });

  test('is known by recipient, words and time', async () => {
    const lan = await open();
    const id = await ours(lan, (await lan.session()).id);
    await lan.takesIn(echo);
    expect(await lan.message('e1')).toMatchObject({ id, state: 'sent', author: 'agent' });
  });

  test('settles the oldest first', async () => {
    const lan = await open();
    const { id: session } = await lan.session();
    const second = await ours(lan, session, 58);
    const first = await ours(lan, session, 50);
    await lan.takesInOneByOne(echo, { ...echo, mid: 'e2' });
    expect((await lan.message('e1')).id).toBe(first);
    expect((await lan.message('e2')).id).toBe(second);
  });

  for (const [what, more] of [
    ['to somebody else', { customer: HOA }],
    ['with other words', { text: 'Hết rồi' }],
    ['by another app', { appId: 'some-bot' }],
    ['from long before', { occurredAt: at(0) }],
  ] as const)
    test(`${what} is another message`, async () => {
      const lan = await open();
      const id = await ours(lan, (await lan.session()).id);
      await lan.takesIn({ ...echo, ...more });
      expect((await lan.message('e1')).id).not.toBe(id);
    });

  test('on Facebook is not guessed at: there it does', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1'));
    const id = await ours(lan, (await lan.session()).id);
    await lan.takesIn({ ...echo, appId: apps.ourAppId });
    expect((await lan.message('e1')).id).not.toBe(id);
  });

  test('that was read shows so: the last message that was seen is named', async () => {
    const lan = await open();
    await lan.takesInOneByOne(pageWrites('e1'), pageWrites('e2', { occurredAt: at(70) }), {
      ...read(0),
      watermark: null,
      mid: 'e1',
    } as ReturnType<typeof read>);
    expect((await lan.message('e1')).state).toBe('seen');
    expect((await lan.message('e2')).state).toBe('sent');
  });
});
