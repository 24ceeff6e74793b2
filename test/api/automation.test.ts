import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '#channels/channel.ts';
import type { ChatAutomation, CommentAutomation } from '#domain/automation.ts';
import type { AgentId, SessionId } from '#domain/ids.ts';
import {
  commentEdited,
  comments,
  commentRemoved,
  HOA,
  pageComments,
  pageWrites,
  POST,
  removes,
  TestPage,
  writes,
} from '#test/api/intake-support.ts';
import { testApi, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { anAgent, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let page: TestPage;
let an: AgentId;

beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  an = await anAgent(database.db);
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  // Every test tells its own page of the same comments.
  page = await TestPage.connect(database.db);
});

const rule = { postId: null, keywords: ['giá'], comment: 'Đã nhắn ạ', privateMessage: 'Chào bạn' };
const onComments = async (change: Partial<CommentAutomation> = {}) => {
  const automation = { rules: [rule], hideContacts: true, like: true, ...change };
  await configure({ comment_automation: JSON.stringify(automation) });
};
const onChats = async (change: Partial<ChatAutomation> = {}) => {
  const automation = {
    away: { on: true, text: 'Shop nghỉ' },
    firstContact: { on: true, text: 'Chào bạn' },
    ...change,
  };
  await configure({ chat_automation: JSON.stringify(automation) });
};
const configure = (change: { comment_automation?: string; chat_automation?: string }) =>
  database.db.updateTable('channel').set(change).where('id', '=', page.channel).execute();
/** Monday to Sunday, 8 to 17 in Saigon; null = around the clock. */
const openHours = (isOpen: boolean) => {
  const shift = isOpen ? [0, 1_440] : [0, 1];
  const hours = { days: Array.from({ length: 7 }, () => [shift]), holidays: [] };
  return database.db
    .updateTable('workspace')
    .set({ business_hours: JSON.stringify(hours) })
    .execute();
};
const stored = async () =>
  database.db
    .selectFrom('automatic_action as action')
    .innerJoin('message', 'message.id', 'action.message_id')
    .select([
      'message.mid',
      'action.type',
      'action.text',
      'action.state',
      'action.failure',
      'action.trace',
    ])
    .where('message.channel_id', '=', page.channel)
    .orderBy('message.seq')
    .orderBy('message.mid')
    .orderBy('action.position')
    .execute();
const settle = (state: 'done' | 'failed' | 'skipped') =>
  database.db
    .updateTable('automatic_action')
    .set({ state })
    .where('session_id', 'in', (select) =>
      select.selectFrom('session').select('session.id').where('channel_id', '=', page.channel),
    )
    .execute();
const block = async () => {
  const { customer_id } = await page.session();
  await database.db
    .updateTable('customer')
    .set({ blocked_at: new Date() })
    .where('id', '=', customer_id)
    .execute();
};
/** What is decided is the same, however the facts arrive. */
const ways: [string, (...facts: Fact[]) => Promise<unknown>][] = [
  ['in one batch', (...facts) => page.takesIn(...facts)],
  ['one by one', (...facts) => page.takesInOneByOne(...facts)],
];
const decided = async () => (await stored()).map(({ mid, type }) => `${mid ?? ''} ${type}`);

describe('a new comment (R16)', () => {
  it('gets what the rules say, in order, with the reasons', async () => {
    await onComments();
    await page.takesIn(comments('c1', { text: 'Giá? Gọi 0912345678' }));
    expect(await stored()).toMatchObject([
      { type: 'comment_reply', text: 'Đã nhắn ạ', state: 'decided', trace: { why: 'rule' } },
      { type: 'private_reply', text: 'Chào bạn', trace: { rules: [{ keyword: 'giá' }] } },
      { type: 'hide', text: null, trace: { why: 'contact' } },
      { type: 'like', text: null, trace: { why: 'every comment' } },
    ]);
  });

  it('gets it once, however often it is told', async () => {
    await onComments();
    const comment = comments('c1', { text: 'Giá?' });
    await page.takesIn(comment, comment);
    await page.takesIn(comment);
    expect(await decided()).toEqual(['c1 comment_reply', 'c1 private_reply', 'c1 like']);
  });

  it('gets nothing where nothing is automatic', async () => {
    await page.takesIn(comments('c1', { text: 'Giá? Gọi 0912345678' }));
    expect(await decided()).toEqual([]);
  });

  it('gets nothing of what is for chats', async () => {
    await onChats();
    await page.takesIn(comments('c1'));
    expect(await decided()).toEqual([]);
  });

  it('is looked at by its post', async () => {
    await onComments({ rules: [{ ...rule, postId: POST }], like: false });
    const elsewhere = { id: '100_501', text: null, permalink: null };
    await page.takesIn(
      comments('c1', { text: 'giá' }),
      comments('c2', { text: 'giá', post: elsewhere }),
    );
    expect(await decided()).toEqual(['c1 comment_reply', 'c1 private_reply']);
  });

  it('gets nothing when it was removed before it came', async () => {
    await onComments();
    await page.takesIn(commentRemoved('c1'));
    await page.takesIn(comments('c1', { text: 'Giá?' }));
    expect(await decided()).toEqual([]);
  });

  it('gets nothing from who is blocked', async () => {
    await onComments();
    await page.takesIn(comments('c1', { text: 'hay' }));
    await block();
    await page.takesIn(comments('c2', { text: 'giá 0912345678' }));
    expect(await decided()).toEqual(['c1 like']);
  });
});

describe('a comment that is edited (R16)', () => {
  const told = { text: 'giá? 0912345678' };

  it.each(ways)(
    'is hidden where that brings a contact, and nothing else, %s',
    async (_how, takesIn) => {
      await onComments();
      const edit = commentEdited('c1', told.text);
      await takesIn(comments('c1', { text: 'đẹp' }), edit, edit, commentEdited('c1', told.text, 2));
      expect(await decided()).toEqual(['c1 like', 'c1 hide']);
      expect((await stored()).at(-1)).toMatchObject({ trace: { why: 'contact', rules: [] } });
    },
  );

  it.each(ways)('was answered as it was written first, %s', async (_how, takesIn) => {
    await onComments();
    await takesIn(comments('c1', { text: 'giá?' }), commentEdited('c1', '0912345678'));
    expect(await decided()).toEqual(['c1 comment_reply', 'c1 private_reply', 'c1 like', 'c1 hide']);
  });

  it.each(ways)('once with a contact stays hidden without it, %s', async (_how, takesIn) => {
    await onComments({ rules: [], like: false });
    await takesIn(
      comments('c1', { text: 'đẹp' }),
      commentEdited('c1', told.text),
      commentEdited('c1', 'đẹp', 2),
    );
    expect(await decided()).toEqual(['c1 hide']);
  });

  it('is left alone where nothing is to be hidden', async () => {
    await onComments({ hideContacts: false, like: false });
    await page.takesInOneByOne(comments('c1', { text: 'đẹp' }), commentEdited('c1', told.text));
    expect(await decided()).toEqual([]);
  });

  it('is left alone when it is removed, or from who is blocked', async () => {
    await onComments({ like: false });
    await page.takesInOneByOne(
      comments('c1', { text: 'đẹp' }),
      comments('c2', { text: 'đẹp' }),
      commentRemoved('c1'),
      commentEdited('c1', told.text),
    );
    await block();
    await page.takesIn(commentEdited('c2', told.text));
    expect(await decided()).toEqual([]);
  });

  it('is the customer’s own: the page’s is left alone', async () => {
    await onComments({ like: false });
    await page.takesInOneByOne(
      comments('c1', { text: 'đẹp' }),
      pageComments('p1'),
      commentEdited('p1', told.text),
    );
    expect(await decided()).toEqual([]);
  });
});

describe('a comment that is removed (R16)', () => {
  it('in the batch that tells of it gets nothing', async () => {
    await onComments();
    await page.takesIn(comments('c1', { text: 'giá 0912345678' }), commentRemoved('c1'));
    expect(await decided()).toEqual([]);
  });

  it('later no longer gets what was not carried out yet', async () => {
    await onComments({ hideContacts: false });
    await page.takesIn(comments('c1', { text: 'hay' }));
    await settle('done');
    await page.takesIn(comments('c2', { text: 'hay' }), comments('c3', { text: 'hay' }));
    await page.takesIn(commentRemoved('c1'), commentRemoved('c2'));
    expect(await stored()).toMatchObject([
      { mid: 'c1', state: 'done', failure: null },
      { mid: 'c2', state: 'skipped', failure: 'removed' },
      { mid: 'c3', state: 'decided', failure: null },
    ]);
  });
});

describe('a comment in a thread', () => {
  const price = { text: 'giá' };
  beforeEach(() => onComments({ hideContacts: false, like: false }));

  it('is answered among customers', async () => {
    await page.takesIn(comments('c1', { text: 'đẹp' }));
    await page.takesIn(comments('c2', { ...price, customer: HOA, parent: 'c1' }));
    expect(await decided()).toEqual(['c2 comment_reply', 'c2 private_reply']);
  });

  it('is not answered where the page takes part', async () => {
    await page.takesIn(comments('c1', { text: 'đẹp' }));
    await page.takesIn(pageComments('p1', { parent: 'c1' }));
    await page.takesIn(comments('c2', { ...price, parent: 'c1' }));
    expect(await decided()).toEqual([]);
  });

  it.each(ways)('is answered before the page takes part, %s', async (_how, takesIn) => {
    await takesIn(
      comments('c1', { text: 'đẹp' }),
      comments('c2', { ...price, parent: 'c1' }),
      pageComments('p1', { parent: 'c1' }),
    );
    expect(await decided()).toEqual(['c2 comment_reply', 'c2 private_reply']);
  });

  it.each(ways)('is not answered where the page was heard of first, %s', async (_how, takesIn) => {
    await takesIn(
      pageComments('p1', { parent: 'c1' }),
      comments('c1', { text: 'đẹp' }),
      comments('c2', { ...price, parent: 'c1' }),
    );
    expect(await decided()).toEqual([]);
  });

  it.each(['failed', 'skipped'] as const)(
    'is answered where an automatic answer %s: the page never took part',
    async (state) => {
      await page.takesIn(comments('c1', price));
      await settle(state);
      await page.takesIn(comments('c2', { ...price, parent: 'c1' }));
      expect(await decided()).toEqual([
        'c1 comment_reply',
        'c1 private_reply',
        'c2 comment_reply',
        'c2 private_reply',
      ]);
    },
  );

  it('is not answered where the page itself began it, or nobody knows who did', async () => {
    await page.takesIn(pageComments('p1', { parent: null }));
    await page.takesIn(comments('c2', { ...price, parent: 'p1' }));
    expect(await decided()).toEqual([]);
  });

  it.each(ways)(
    'is not answered where an automatic answer is on its way, %s',
    async (_how, takesIn) => {
      await takesIn(
        comments('c1', price),
        comments('c2', { ...price, parent: 'c1' }),
        comments('c3', { ...price, customer: HOA, parent: 'c1' }),
      );
      expect(await decided()).toEqual(['c1 comment_reply', 'c1 private_reply']);
    },
  );

  it('the page’s own comments are not', async () => {
    await page.takesIn(comments('c1', { text: 'đẹp' }));
    await page.takesIn(pageComments('p1', { parent: 'c1', ...price }));
    expect(await decided()).toEqual([]);
  });
});

describe('a new chat message (R66)', () => {
  beforeEach(async () => {
    await openHours(false);
    await onChats();
  });
  /** What the session's workflow has committed by now. */
  const commits = async (change: object) => {
    const { id } = await page.session();
    const { last_seq: applied_seq } = await page.queue(id);
    await database.db
      .updateTable('session')
      .set({ applied_seq, ...change })
      .where('id', '=', id)
      .execute();
  };
  const opens = () => commits({ status: 'open', round: 1, waiting_since: new Date() });

  it('the first ever is welcomed, and told that nobody is here', async () => {
    await page.takesIn(writes('m1'));
    expect(await stored()).toMatchObject([
      { type: 'first_contact', text: 'Chào bạn', trace: { why: 'first contact' } },
      { type: 'away', text: 'Shop nghỉ', trace: { why: 'outside business hours', round: 1 } },
    ]);
  });

  it('is the first of who took back all before it', async () => {
    await page.takesInOneByOne(writes('m1'), removes('m1'), writes('m2'));
    expect((await stored()).map(({ mid, type, state }) => [mid, type, state])).toEqual([
      ['m1', 'first_contact', 'skipped'],
      ['m1', 'away', 'skipped'],
      ['m2', 'first_contact', 'decided'],
      ['m2', 'away', 'decided'],
    ]);
  });

  it('is not welcomed again by taking back what was', async () => {
    await page.takesIn(writes('m1'));
    await settle('done');
    await page.takesInOneByOne(removes('m1'), writes('m2'));
    expect(await decided()).toEqual(['m1 first_contact', 'm1 away']);
  });

  it('is told nothing while the business is open', async () => {
    await openHours(true);
    await page.takesIn(writes('m1'));
    expect(await decided()).toEqual(['m1 first_contact']);
  });

  it('only the first of a wait counts, taken in at once or one by one', async () => {
    await page.takesIn(writes('m1'), writes('m2'));
    await page.takesIn(writes('m3'));
    await opens();
    await page.takesIn(writes('m4'));
    expect(await decided()).toEqual(['m1 first_contact', 'm1 away']);
  });

  it('who began to wait while it was open is told nothing at closing time', async () => {
    await openHours(true);
    await page.takesIn(writes('m1'));
    await opens();
    await openHours(false);
    await page.takesIn(writes('m2'));
    expect(await decided()).toEqual(['m1 first_contact']);
  });

  it('who was answered and writes after closing time is told', async () => {
    await openHours(true);
    await page.takesIn(writes('m1'));
    await opens();
    await openHours(false);
    await page.takesIn(pageWrites('a1'));
    await page.takesIn(writes('m2'));
    expect(await decided()).toEqual(['m1 first_contact', 'm2 away']);
  });

  it('is told once in a round, and again in the next', async () => {
    await page.takesIn(writes('m1'));
    await opens();
    await page.takesIn(pageWrites('a1'));
    await commits({ waiting_since: null });
    await page.takesIn(writes('m2'));
    expect(await decided()).toEqual(['m1 first_contact', 'm1 away']);
    await commits({ status: 'done', waiting_since: null });
    await page.takesIn(writes('m3'), writes('m4'));
    expect(await decided()).toEqual(['m1 first_contact', 'm1 away', 'm3 away']);
  });

  it('unanswered in a round that was closed, begins a new wait', async () => {
    await openHours(true);
    await page.takesIn(writes('m1'));
    await commits({ status: 'done', round: 1, waiting_since: null });
    await openHours(false);
    await page.takesIn(writes('m2'));
    expect(await decided()).toEqual(['m1 first_contact', 'm2 away']);
  });

  it('is not for comments', async () => {
    await page.takesIn(comments('c1'));
    expect(await decided()).toEqual([]);
  });
});

describe('the automatic actions of a session', () => {
  const read = async (session: SessionId) => {
    const caller = await api.as(an);
    return caller({ url: `/api/sessions/${session}/automatic-actions` });
  };

  it('are shown to who may see it, with why', async () => {
    await onComments({ hideContacts: false });
    await page.takesIn(comments('c1', { text: 'hay' }), comments('c2', { text: 'giá' }));
    const { id } = await page.session();
    expect((await read(id)).statusCode).toBe(404);
    await database.db
      .insertInto('channel_agent')
      .values({ channel_id: page.channel, agent_id: an, position: 0 })
      .execute();
    const { actions } = (await read(id)).json();
    const { id: messageId } = await page.message('c2');
    expect(actions.map(({ type }: { type: string }) => type)).toEqual([
      'comment_reply',
      'private_reply',
      'like',
      'like',
    ]);
    expect(actions[0]).toMatchObject({
      messageId,
      text: 'Đã nhắn ạ',
      state: 'decided',
      failure: null,
      why: { reason: 'rule', rules: [{ rule: 0, result: 'taken', keyword: 'giá' }] },
      endedAt: null,
    });
  });
});
