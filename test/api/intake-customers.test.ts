/** What the intake keeps of customers as people: contacts, lead source and tag, and that some are blocked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#db/ids.ts';
import { createLogin, peopleByTokens } from '#db/people.ts';
import { countViews } from '#db/session-counts.ts';
import type { AgentId, TagId } from '#domain/ids.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { anAgent } from '#test/support/workspace.ts';
import {
  at,
  commentEdited,
  comments,
  edits,
  HOA,
  LAN,
  pageComments,
  pageWrites,
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

async function customerOf(lan: TestPage, customer = LAN) {
  return (await lan.session(customer)).customer_id;
}

async function contacts(lan: TestPage, customer = LAN) {
  return database.db
    .selectFrom('customer_contact')
    .select(['kind', 'value', 'message_id'])
    .where('customer_id', '=', await customerOf(lan, customer))
    .orderBy('value')
    .execute();
}

async function events(lan: TestPage, type: string) {
  return database.db
    .selectFrom('customer_event')
    .select(['agent_id', 'detail'])
    .where('customer_id', '=', await customerOf(lan))
    .where('type', '=', type)
    .orderBy('at')
    .orderBy('id')
    .execute();
}

describe('R62: contacts in what a customer writes', () => {
  test('are kept in one form, with the message that told them', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1', { text: 'sđt 0912.345.678, Lan@Shop.vn' }));
    const { id } = await lan.message('m1');
    expect(await contacts(lan)).toEqual([
      { kind: 'phone', value: '+84912345678', message_id: id },
      { kind: 'email', value: 'lan@shop.vn', message_id: id },
    ]);
    const found = await events(lan, 'contact_found');
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        { agent_id: null, detail: { kind: 'email', to: 'lan@shop.vn' } },
        { agent_id: null, detail: { kind: 'phone', to: '+84912345678' } },
      ]),
    );
  });

  test('in comments are theirs who wrote them', async () => {
    const lan = await page();
    await lan.takesIn(
      comments('c1', { text: '0912345678' }),
      comments('c2', { customer: HOA, text: '0987654321' }),
    );
    expect(await contacts(lan)).toMatchObject([{ value: '+84912345678' }]);
    expect(await contacts(lan, HOA)).toMatchObject([{ value: '+84987654321' }]);
  });

  test('change nothing when they come again: the same delivery, the same words, twice in a batch', async () => {
    const lan = await page();
    const first = writes('m1', { text: '0912345678' });
    await lan.takesIn(first, writes('m2', { text: '+84 912 345 678' }));
    await lan.takesInOneByOne(first, writes('m3', { text: 'em 0912 345 678' }));
    expect(await contacts(lan)).toHaveLength(1);
    expect(await events(lan, 'contact_found')).toHaveLength(1);
  });

  test('that an edit adds are kept beside those that it takes away', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1', { text: '0912345678' }), comments('c1'));
    await lan.takesIn(edits('m1', '0987654321'), commentEdited('c1', 'lan@shop.vn'));
    const found = (await contacts(lan)).map(({ value }) => value);
    expect(found).toEqual(['+84912345678', '+84987654321', 'lan@shop.vn']);
  });

  test('are not those of the page', async () => {
    const lan = await page();
    await lan.takesIn(
      comments('c1'),
      pageComments('p1', { text: 'Gọi 0900000001' }),
      writes('m1'),
      pageWrites('m2', { text: 'Gọi 0900000002' }),
    );
    await lan.takesIn(commentEdited('p1', 'Gọi 0900000003'));
    expect(await contacts(lan)).toEqual([]);
  });

  test('are not those of what was taken back before it came', async () => {
    const lan = await page();
    await lan.takesInOneByOne(writes('m0'), removes('m1'), writes('m1', { text: '0912345678' }));
    expect(await contacts(lan)).toEqual([]);
  });
});

describe('a customer first created by a channel', () => {
  async function leads() {
    const lan = await page();
    const tag = { id: newId<TagId>(), name: `Lead ${lan.channel}` };
    await database.db.insertInto('tag').values(tag).execute();
    await database.db
      .updateTable('channel')
      .set({ lead_tag_id: tag.id, lead_source: 'Facebook ads' })
      .where('id', '=', lan.channel)
      .execute();
    return { lan, tag };
  }
  const row = async (lan: TestPage) =>
    database.db
      .selectFrom('customer')
      .select(['stage', 'lead_source'])
      .where('id', '=', await customerOf(lan))
      .executeTakeFirstOrThrow();
  const tagsOf = async (lan: TestPage) =>
    database.db
      .selectFrom('customer_tag')
      .select('tag_id')
      .where('customer_id', '=', await customerOf(lan))
      .execute();

  test('R13, R14: is a lead with the tag and the source of the channel', async () => {
    const { lan, tag } = await leads();
    await lan.takesIn(writes('m1'));
    expect(await row(lan)).toEqual({ stage: 'lead', lead_source: 'Facebook ads' });
    expect(await tagsOf(lan)).toEqual([{ tag_id: tag.id }]);
    expect(await events(lan, 'created')).toEqual([
      { agent_id: null, detail: { leadSource: 'Facebook ads', tag: tag.name } },
    ]);
  });

  test('R13, R14: is given neither again, whatever comes and whatever agents made of it', async () => {
    const { lan } = await leads();
    await lan.takesIn(writes('m1'));
    const id = await customerOf(lan);
    await database.db.deleteFrom('customer_tag').where('customer_id', '=', id).execute();
    await database.db
      .updateTable('customer')
      .set({ stage: 'contact', lead_source: null })
      .where('id', '=', id)
      .execute();
    await lan.takesInOneByOne(writes('m2'), comments('c1'), pageWrites('m3'));
    expect(await row(lan)).toEqual({ stage: 'contact', lead_source: null });
    expect(await tagsOf(lan)).toEqual([]);
    expect(await events(lan, 'created')).toHaveLength(1);
  });

  test('is a lead without either where the channel gives none, or a tag that is gone', async () => {
    const lan = await page();
    await database.db
      .updateTable('channel')
      .set({ lead_tag_id: 'gone' as TagId })
      .where('id', '=', lan.channel)
      .execute();
    await lan.takesIn(writes('m1'));
    expect(await row(lan)).toEqual({ stage: 'lead', lead_source: null });
    expect(await tagsOf(lan)).toEqual([]);
    expect(await events(lan, 'created')).toMatchObject([
      { detail: { leadSource: null, tag: null } },
    ]);
  });
});

describe('R62: what a blocked customer writes', () => {
  async function blocked(lan: TestPage, isBlocked = true) {
    await database.db
      .updateTable('customer')
      .set({ blocked_at: isBlocked ? new Date() : null })
      .where('id', '=', await customerOf(lan))
      .execute();
  }
  async function viewer(lan: TestPage) {
    const agent: AgentId = await anAgent(database.db);
    await database.db
      .insertInto('channel_agent')
      .values({ channel_id: lan.channel, agent_id: agent, position: 0 })
      .execute();
    const tokenHash = Buffer.from(agent);
    const expiresAt = new Date(Date.now() + 60_000);
    await createLogin(database.db, { tokenHash, agent, expiresAt });
    const person = (await peopleByTokens(database.db, [tokenHash])).get(tokenHash.toString('hex'));
    if (person === undefined) throw new Error('not signed in');
    return person;
  }

  test('stands in the thread, and is nothing that the workflow, the list or the counters know of', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1'));
    const before = await lan.session();
    const queue = await lan.queue(before.id);
    await blocked(lan);
    await lan.takesIn(writes('m2', { occurredAt: at(9) }));
    expect(await lan.message('m2')).toMatchObject({
      seq: 1,
      direction: 'in',
      text: 'text of m2',
      from_blocked: true,
    });
    expect(await lan.kinds()).toEqual(['customer_message']);
    const unchanged = { last_customer_at: new Date(at(9)), window_from: new Date(at(9)) };
    expect(await lan.session()).toEqual({ ...before, ...unchanged });
    expect(await lan.queue(before.id)).toEqual(queue);
  });

  test('neither opens a Done session nor makes a new one open: comments under another post', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1'));
    await blocked(lan);
    await lan.takesIn(comments('c1'));
    const sessions = await database.db
      .selectFrom('session')
      .select(['kind', 'status', 'start_seq', 'customer_seq'])
      .where('channel_id', '=', lan.channel)
      .orderBy('kind')
      .execute();
    expect(sessions).toEqual([
      { kind: 'comment', status: 'done', start_seq: 0, customer_seq: 0 },
      { kind: 'message', status: 'done', start_seq: 1, customer_seq: 1 },
    ]);
  });

  test('is not unread', async () => {
    const lan = await page();
    const person = await viewer(lan);
    await lan.takesIn(writes('m1'));
    const { id } = await lan.session();
    await database.db.updateTable('session').set({ status: 'open' }).where('id', '=', id).execute();
    const unread = async () => (await countViews(database.db, person, {})).menu.message;
    expect(await unread()).toBe(1);
    await lan.takesIn(pageWrites('m2', { occurredAt: at(60) }));
    expect(await unread()).toBe(0);
    await blocked(lan);
    await lan.takesIn(writes('m3', { occurredAt: at(90) }));
    expect(await unread()).toBe(0);
  });

  test('is not counted beside what is unread from before', async () => {
    const lan = await page();
    const person = await viewer(lan);
    await lan.takesIn(writes('m1'));
    const { id } = await lan.session();
    await database.db.updateTable('session').set({ status: 'open' }).where('id', '=', id).execute();
    await blocked(lan);
    await lan.takesIn(writes('m2', { occurredAt: at(90) }));
    expect((await countViews(database.db, person, {})).menu.message).toBe(1);
  });

  test('can be edited and taken back, of which the workflow does not hear either', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1'));
    await blocked(lan);
    await lan.takesIn(writes('m2'));
    await lan.takesIn(edits('m2', 'Mua ngay!!!'));
    expect(await lan.message('m2')).toMatchObject({ text: 'Mua ngay!!!' });
    await lan.takesIn(removes('m2'));
    expect((await lan.message('m2')).removed_at).not.toBeNull();
    expect(await lan.kinds()).toEqual(['customer_message']);
    expect(await lan.session()).toMatchObject({ customer_seq: 1, preview: 'text of m1' });
  });

  test('does not come back as unread when what they wrote before is taken back', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1'));
    await blocked(lan);
    await lan.takesIn(writes('m2'));
    await lan.takesIn(removes('m1'));
    expect(await lan.session()).toMatchObject({ customer_seq: 0, preview: null });
  });

  test('later, when they are no longer blocked, counts like any other', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1'));
    await blocked(lan);
    await lan.takesIn(writes('m2'));
    await blocked(lan, false);
    await lan.takesIn(writes('m3'));
    expect(await lan.kinds()).toEqual(['customer_message', 'customer_message']);
    expect(await lan.session()).toMatchObject({
      customer_seq: 2,
      start_seq: 2,
      preview: 'text of m3',
    });
    expect(await lan.message('m2')).toMatchObject({ seq: 1, from_blocked: true });
  });

  test('is told to browsers, since the thread shows it', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1'));
    await blocked(lan);
    const { id } = await lan.session();
    await database.db.deleteFrom('change').where('session_id', '=', id).execute();
    await lan.takesIn(writes('m2', { occurredAt: at(9) }));
    const told = await database.db
      .selectFrom('change')
      .select('topic')
      .where('session_id', '=', id)
      .orderBy('topic')
      .execute();
    expect(told).toEqual([{ topic: 'message' }, { topic: 'session' }]);
  });
});
