import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fact } from '#channels/channel.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aMessage } from '#test/support/workspace.ts';
import {
  at,
  commentEdited,
  commentRemoved,
  comments,
  HOA,
  LAN,
  pageComments,
  postRemoved,
  removes,
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

const ways = [
  ['one by one', (on: TestPage, facts: Fact[]) => on.takesInOneByOne(...facts)],
  ['in one batch', (on: TestPage, facts: Fact[]) => on.takesIn(...facts).then(() => undefined)],
] as const;

const blockLan = async (on: TestPage) => {
  const { customer_id } = await on.session();
  await on.db
    .updateTable('customer')
    .set({ blocked_at: new Date() })
    .where('id', '=', customer_id)
    .execute();
};

describe.each(ways)('comments that are removed (%s)', (_, take) => {
  test('leave nothing of the customer’s: the journal says so, after the removal of the last', async () => {
    const lan = await page();
    await take(lan, [
      comments('c1'),
      comments('c2'),
      pageComments('p1'),
      commentRemoved('c1'),
      commentRemoved('c2'),
    ]);
    expect(await lan.kinds()).toEqual([
      'customer_message',
      'customer_message',
      'foreign_message',
      'customer_message_removed',
      'customer_message_removed',
      'comments_removed',
    ]);
  });

  test('leave another one standing: the session goes on', async () => {
    const lan = await page();
    await take(lan, [comments('c1')]);
    await take(lan, [comments('c2'), commentRemoved('c2')]);
    expect(await lan.kinds()).not.toContain('comments_removed');
  });

  test('count for their own session alone', async () => {
    const lan = await page();
    await take(lan, [comments('c1'), hoa('c2', { parent: 'c1' }), commentRemoved('c1')]);
    expect(await lan.kinds()).toContain('comments_removed');
    expect(await lan.kinds(HOA)).toEqual(['customer_message']);
  });

  test('say so once, however often they are told of', async () => {
    const lan = await page();
    const story = [comments('c1'), commentRemoved('c1')];
    await take(lan, story);
    const before = { counts: await lan.counts(), kinds: await lan.kinds() };
    await take(lan, [...story, commentRemoved('c1'), ...story.toReversed()]);
    expect({ counts: await lan.counts(), kinds: await lan.kinds() }).toEqual(before);
  });

  test('say so again when the customer has written again, and removed that too', async () => {
    const lan = await page();
    await take(lan, [comments('c1'), commentRemoved('c1'), comments('c2'), commentRemoved('c2')]);
    const told = (await lan.kinds()).filter((kind) => kind === 'comments_removed');
    expect(told).toHaveLength(2);
  });

  test('before they came count as gone: the last that stands decides', async () => {
    const lan = await page();
    await take(lan, [comments('c1'), commentRemoved('c2'), comments('c2'), commentRemoved('c1')]);
    expect(await lan.kinds()).toEqual([
      'customer_message',
      'customer_message_removed',
      'comments_removed',
    ]);
  });

  test('before they came, with nothing else, begin nothing', async () => {
    const lan = await page();
    await take(lan, [commentRemoved('c1'), comments('c1')]);
    expect(await lan.kinds()).toEqual([]);
  });

  test('of the page’s own leave the session as it is', async () => {
    const lan = await page();
    await take(lan, [comments('c1'), pageComments('p1'), commentRemoved('p1')]);
    expect(await lan.kinds()).toEqual(['customer_message', 'foreign_message']);
  });

  test('wake nobody who is done', async () => {
    const lan = await page();
    await take(lan, [comments('c1'), commentRemoved('c1')]);
    expect((await lan.session()).start_seq).toBe(1);
  });
});

describe('the last message of a private conversation', () => {
  test('that is taken back leaves the session open', async () => {
    const lan = await page();
    await lan.takesInOneByOne(writes('m1'), removes('m1'));
    expect(await lan.kinds()).toEqual(['customer_message', 'customer_message_removed']);
  });
});

describe('a comment of who is blocked (R62)', () => {
  test('stands for the customer as any other does, though the journal does not know it', async () => {
    const lan = await page();
    await lan.takesIn(comments('c1'));
    await blockLan(lan);
    await lan.takesInOneByOne(comments('c2'), commentRemoved('c1'));
    expect(await lan.kinds()).toEqual(['customer_message', 'customer_message_removed']);
    await lan.takesIn(commentRemoved('c2'));
    expect((await lan.kinds()).at(-1)).toBe('comments_removed');
  });
});

describe.each(ways)('a post that is removed (%s)', (_, take) => {
  const other = { id: '100_600', text: null, permalink: null };

  test('takes all comments with it, and every session of it is told once', async () => {
    const on = await page();
    await take(on, [
      comments('c1', { text: 'gone' }),
      hoa('c2', { parent: 'c1' }),
      pageComments('p1', { tagged: [LAN] }),
      postRemoved(),
      postRemoved(),
    ]);
    const messages = await on.messages();
    expect(messages).toHaveLength(3);
    for (const message of messages)
      expect(message).toMatchObject({ text: null, removed_at: expect.any(Date) });
    expect(await on.kinds()).toEqual(['customer_message', 'foreign_message', 'comments_removed']);
    expect(await on.kinds(HOA)).toEqual(['customer_message', 'comments_removed']);
    expect((await on.session()).preview).toBeNull();
  });

  test('leaves the private conversation and other posts alone', async () => {
    const on = await page();
    await take(on, [writes('m1'), hoa('c2', { post: other }), postRemoved()]);
    expect(await on.kinds()).toEqual(['customer_message']);
    expect(await on.kinds(HOA)).toEqual(['customer_message']);
    expect((await on.messages()).map(({ removed_at }) => removed_at)).toEqual([null, null]);
  });

  test('makes nothing of comments that are told of only later', async () => {
    const on = await page();
    await take(on, [
      postRemoved(),
      commentEdited('c1', 'new', 7),
      comments('c1', { text: 'gone' }),
    ]);
    expect(await on.message('c1')).toMatchObject({
      text: null,
      edit_no: 7,
      removed_at: expect.any(Date),
    });
    expect(await on.session()).toMatchObject({ start_seq: 0, preview: null });
    expect(await on.kinds()).not.toContain('customer_message');
  });

  test('whose comments are then removed one by one tells nothing more', async () => {
    const on = await page();
    await take(on, [comments('c1'), postRemoved(), commentRemoved('c1')]);
    expect(await on.kinds()).toEqual(['customer_message', 'comments_removed']);
  });

  test('whose comments were removed before ends what was reopened meanwhile', async () => {
    const on = await page();
    await take(on, [comments('c1'), commentRemoved('c1'), postRemoved()]);
    expect((await on.kinds()).slice(-2)).toEqual(['comments_removed', 'comments_removed']);
  });

  test('told again, in any order, changes nothing', async () => {
    const on = await page();
    const story = [comments('c1'), pageComments('p1'), hoa('c2'), postRemoved()];
    await take(on, story);
    const before = { counts: await on.counts(), messages: await on.messages() };
    await take(on, story.toReversed());
    expect({ counts: await on.counts(), messages: await on.messages() }).toEqual(before);
  });
});

describe('a removed post of the same id', () => {
  test('on another channel is another post', async () => {
    const [on, elsewhere] = [await page(), await page()];
    await on.takesIn(comments('c1'));
    await elsewhere.takesIn(postRemoved());
    expect(await on.kinds()).toEqual(['customer_message']);
  });
});

describe('a reply of ours under a removed post', () => {
  test('that has not been handed over keeps its words, and its event finds it gone', async () => {
    const on = await page();
    await on.takesIn(comments('c1'));
    const { id: session } = await on.session();
    const id = await aMessage(on.db, {
      session,
      channel: on.channel,
      seq: 2,
      direction: 'out',
      author: 'agent',
      state: 'sending',
      text: 'Dạ còn ạ',
      parent: 'c1',
      reply_to: 'c1',
      occurred_at: new Date(at(59)),
    });
    await on.takesIn(postRemoved());
    const ours = () => on.messages().then((all) => all.find((one) => one.id === id));
    expect(await ours()).toMatchObject({ text: 'Dạ còn ạ', removed_at: null });
    await on.takesIn(pageComments('p1', { text: 'Dạ còn ạ' }));
    expect(await ours()).toMatchObject({ mid: 'p1', state: 'sent', removed_at: expect.any(Date) });
  });
});
