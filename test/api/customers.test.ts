import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOwner, setOwner } from '#db/customer-owner.ts';
import { newId } from '#db/ids.ts';
import type { AgentId, ChannelId, CustomerId, SessionId, TagId } from '#domain/ids.ts';
import { DAY } from '#domain/instant.ts';
import { TestPage, writes } from '#test/api/intake-support.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, aMessage, anAgent, aSessionRow, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let owner: AgentId;
let admin: AgentId;
let an: AgentId;
let binh: AgentId;
let chi: AgentId;
/** A Page whose team are An and Bình, and an Instagram account whose team are Bình and Chi. */
let page: ChannelId;
let shop: ChannelId;
let as: Record<'owner' | 'admin' | 'an' | 'binh' | 'chi', Caller>;

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  api = await testApi(database);
  await aWorkspace(db);
  owner = await anAgent(db, { name: 'Owner', role: 'owner' });
  admin = await anAgent(db, { name: 'Admin', role: 'admin' });
  an = await anAgent(db, { name: 'An' });
  binh = await anAgent(db, { name: 'Bình' });
  chi = await anAgent(db, { name: 'Chi' });
  page = await aChannel(db, { name: 'Page', team: [an, binh, admin] });
  shop = await aChannel(db, { name: 'Shop', platform: 'instagram', team: [binh, chi] });
  as = {
    owner: await api.as(owner),
    admin: await api.as(admin),
    an: await api.as(an),
    binh: await api.as(binh),
    chi: await api.as(chi),
  };
});
afterAll(async () => {
  await api.close();
  await database.close();
});

type SessionOptions = Partial<Parameters<typeof aSessionRow>[1]>;

async function aCustomer(options: SessionOptions & { name?: string } = {}) {
  const { name = 'Lan', channel = page, ...columns } = options;
  const session = await aSessionRow(database.db, { channel, customer: name, ...columns });
  const { customer_id: id } = await database.db
    .selectFrom('session')
    .select('customer_id')
    .where('id', '=', session)
    .executeTakeFirstOrThrow();
  return { id, session };
}

/** One more session of the same customer. */
const another = (id: CustomerId, columns: SessionOptions = {}) =>
  aSessionRow(database.db, {
    channel: page,
    kind: 'comment',
    post_id: newId(),
    customer_id: id,
    ...columns,
  });

async function aTag(name: string): Promise<TagId> {
  const id = newId<TagId>();
  await database.db
    .insertInto('tag')
    .values({ id, name: `${name} ${id}` })
    .execute();
  return id;
}

async function aContact(customer: CustomerId, value: string) {
  const contact = { customer_id: customer, kind: 'phone' as const, value };
  await database.db.insertInto('customer_contact').values(contact).execute();
}

const gets = (id: string, caller = as.an, path = '') =>
  caller({ url: `/api/customers/${id}${path}` });
const customer = async (id: string, caller = as.an) => (await gets(id, caller)).json();
const patches = (id: string, payload: object, caller = as.an) =>
  caller({ method: 'PATCH', url: `/api/customers/${id}`, payload });
const tags = (id: string, list: readonly string[], caller = as.an) =>
  caller({ method: 'PUT', url: `/api/customers/${id}/tags`, payload: { tags: list } });
const posts = (id: string, path: string, caller: Caller, payload?: object) =>
  caller({
    method: 'POST',
    url: `/api/customers/${id}/${path}`,
    ...(payload === undefined ? {} : { payload }),
  });
const notes = (id: string, text: string, caller = as.an) => posts(id, 'notes', caller, { text });
const merges = (id: string, into: string, caller = as.binh) => posts(id, 'merge', caller, { into });
const history = async (id: string, caller = as.an) =>
  (await gets(id, caller, '/history')).json().entries;
const code = (answer: Awaited<ReturnType<Caller>>) => answer.json().error?.code;

describe('R62: the customer panel', () => {
  it('shows the profile, what is known, and the earlier sessions newest first', async () => {
    const { id, session } = await aCustomer({ assignee_id: an });
    const older = await another(id, {
      status: 'done',
      last_message_at: new Date('2026-01-02T03:04:05Z'),
      preview: 'Cảm ơn shop',
    });
    await aContact(id, '+84912345678');
    const tag = await aTag('Khách quen');
    await tags(id, [tag]);
    expect(await customer(id)).toEqual({
      id,
      name: 'Lan',
      pictureUrl: null,
      access: 'act',
      stage: 'lead',
      leadSource: null,
      owner: null,
      tags: [{ id: tag, name: `Khách quen ${tag}`, color: '#64748b' }],
      contacts: [{ kind: 'phone', value: '+84912345678', foundAt: expect.any(String) }],
      blocked: false,
      identities: [
        {
          id,
          channel: { id: page, platform: 'facebook', name: 'Page' },
          name: 'Lan',
          pictureUrl: null,
          blockedAt: null,
          blockedBy: null,
          access: 'act',
        },
      ],
      sessions: [
        expect.objectContaining({ id: session, kind: 'message', assignee: { id: an, name: 'An' } }),
        {
          id: older,
          customerId: id,
          channelId: page,
          kind: 'comment',
          status: 'done',
          assignee: null,
          lastMessageAt: '2026-01-02T03:04:05.000Z',
          preview: 'Cảm ơn shop',
        },
      ],
      notes: [],
    });
  });

  it('R23: shows only those sessions that the viewer may see', async () => {
    const { id, session } = await aCustomer();
    const others = await another(id, { assignee_id: binh });
    const shown = async (caller: Caller) =>
      (await customer(id, caller)).sessions.map((one: { id: string }) => one.id).sort();
    expect(await shown(as.an)).toEqual([session]);
    expect(await shown(as.admin)).toEqual([session, others].sort());
  });
});

describe('R23: who may see and change a customer', () => {
  it('is who may see one of their sessions: nobody of another team, nobody’s colleague', async () => {
    const { id } = await aCustomer({ assignee_id: binh });
    expect((await gets(id, as.chi)).statusCode).toBe(404);
    expect((await gets(id, as.an)).statusCode).toBe(404);
    expect((await gets('nobody')).statusCode).toBe(404);
    for (const caller of [as.binh, as.admin, as.owner])
      expect((await gets(id, caller)).statusCode).toBe(200);
  });

  it('is also who supports one of them', async () => {
    const { id } = await aCustomer({ assignee_id: binh, supporters: [an] });
    expect(await customer(id)).toMatchObject({ access: 'act' });
  });

  it('is the whole team where there is no session yet', async () => {
    const id = newId<CustomerId>();
    await database.db.insertInto('customer').values({ id, channel_id: page }).execute();
    expect(await customer(id)).toMatchObject({ id, name: null, access: 'act', sessions: [] });
    expect((await gets(id, as.chi)).statusCode).toBe(404);
  });

  it('who may only look changes nothing', async () => {
    const looking = await aChannel(database.db, { view_each_other: true, team: [an, binh] });
    const { id } = await aCustomer({ channel: looking, assignee_id: binh });
    const other = await aCustomer({ channel: looking });
    const note = (await notes(id, 'Khách khó', as.binh)).json();
    expect(await customer(id)).toMatchObject({ access: 'view', notes: [{ removable: false }] });
    const before = await customer(id);
    const tried = await Promise.all([
      patches(id, { stage: 'contact' }),
      tags(id, []),
      notes(id, 'x'),
      as.an({ method: 'DELETE', url: `/api/customers/${id}/notes/${note.id}` }),
      merges(id, other.id, as.an),
      merges(other.id, id, as.an),
      posts(id, 'split', as.an),
      posts(id, 'block', as.an),
      posts(id, 'unblock', as.an),
    ]);
    for (const answer of tried)
      expect([answer.statusCode, code(answer)]).toEqual([403, 'FORBIDDEN']);
    expect(await customer(id)).toEqual(before);
  });

  it('who may not see is told of nothing', async () => {
    const { id } = await aCustomer({ assignee_id: binh });
    const tried = await Promise.all([
      patches(id, { stage: 'contact' }),
      tags(id, []),
      notes(id, 'x'),
      gets(id, as.an, '/history'),
      as.an({ method: 'DELETE', url: `/api/customers/${id}/notes/none` }),
      merges(id, id.replace(/^./, 'f'), as.an),
      posts(id, 'split', as.an),
      posts(id, 'block', as.an),
      posts(id, 'unblock', as.an),
    ]);
    for (const answer of tried) expect(answer.statusCode).toBe(404);
  });
});

describe('what agents change of a customer', () => {
  it('R14: from lead to contact, source and owner, each once in the history', async () => {
    const { id } = await aCustomer();
    const change = { stage: 'contact', leadSource: ' Hội chợ ', owner: binh };
    const answer = await patches(id, change);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      stage: 'contact',
      leadSource: 'Hội chợ',
      owner: { id: binh, name: 'Bình' },
    });
    await patches(id, change);
    const by = { id: an, name: 'An' };
    const entries = await history(id);
    expect(entries).toHaveLength(3);
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'stage_changed', by, from: 'lead', to: 'contact' }),
        expect.objectContaining({ type: 'lead_source_changed', by, from: null, to: 'Hội chợ' }),
        expect.objectContaining({
          type: 'owner_changed',
          by,
          from: null,
          to: 'Bình',
          how: 'by hand',
        }),
      ]),
    );
  });

  it('leaves what is not named, and takes away what is null', async () => {
    const { id } = await aCustomer();
    await patches(id, { leadSource: 'Hội chợ', owner: an });
    expect((await patches(id, { stage: 'contact' })).json()).toMatchObject({
      leadSource: 'Hội chợ',
      owner: { id: an },
    });
    expect((await patches(id, { leadSource: null, owner: null })).json()).toMatchObject({
      stage: 'contact',
      leadSource: null,
      owner: null,
    });
  });

  it('R56: makes nobody owner who is not of the channel’s team; the workspace owner is of each', async () => {
    const { id } = await aCustomer();
    for (const stranger of [chi, 'nobody']) {
      const answer = await patches(id, { owner: stranger, stage: 'contact' });
      expect([answer.statusCode, code(answer)]).toEqual([409, 'NOT_IN_TEAM']);
    }
    expect(await customer(id)).toMatchObject({ owner: null, stage: 'lead' });
    expect((await patches(id, { owner })).json()).toMatchObject({ owner: { id: owner } });
  });

  it('is refused with the field that is wrong', async () => {
    const { id } = await aCustomer();
    const fields = await Promise.all(
      [{ stage: 'friend' }, { leadSource: ' ' }, { owner: 7 }].map((one) => patches(id, one)),
    );
    expect(fields.map((answer) => answer.json().error.field)).toEqual([
      'stage',
      'leadSource',
      'owner',
    ]);
  });

  it('is told to who may see an open session of the customer', async () => {
    const { id, session } = await aCustomer({ assignee_id: an, supporters: [binh] });
    await another(id, { status: 'done' });
    await patches(id, { stage: 'contact' });
    await patches(id, { stage: 'contact' });
    const told = await database.db
      .selectFrom('change')
      .select(['topic', 'session_id', 'agent_id', 'after'])
      .where(
        'session_id',
        'in',
        database.db.selectFrom('session').select('id').where('customer_id', '=', id),
      )
      .execute();
    const after = { channel: page, assignee: an, supporters: [binh] };
    expect(told).toEqual([{ topic: 'session', session_id: session, agent_id: null, after }]);
  });
});

describe('tags of a customer', () => {
  it('are replaced as a whole; what was added and what was removed is in the history', async () => {
    const { id } = await aCustomer();
    const [loyal, vip] = [await aTag('Khách quen'), await aTag('VIP')];
    await tags(id, [loyal]);
    const answer = await tags(id, [vip, vip]);
    expect(answer.json().tags).toMatchObject([{ id: vip }]);
    await tags(id, [vip]);
    const entries = (await history(id)).map((one: object) => ({ ...one }));
    expect(entries).toHaveLength(3);
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'tag_added', from: null, to: `Khách quen ${loyal}` }),
        expect.objectContaining({ type: 'tag_removed', from: `Khách quen ${loyal}`, to: null }),
        expect.objectContaining({ type: 'tag_added', from: null, to: `VIP ${vip}` }),
      ]),
    );
  });

  it('must exist', async () => {
    const { id } = await aCustomer();
    const answer = await tags(id, [await aTag('VIP'), 'nothing']);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.field).toBe('tags');
    expect((await customer(id)).tags).toEqual([]);
  });
});

describe('notes on a customer', () => {
  it('are read newest first, and taken away by who wrote them and by admins', async () => {
    const { id } = await aCustomer();
    const first = await notes(id, '  Hay hỏi giá ');
    expect(first.statusCode).toBe(201);
    expect(first.json()).toMatchObject({ agent: { id: an, name: 'An' }, text: 'Hay hỏi giá' });
    const second = (await notes(id, 'Thích màu đỏ', as.binh)).json();
    expect((await customer(id)).notes).toEqual([
      { ...second, removable: false },
      { ...first.json(), removable: true },
    ]);
    const removes = (note: string, caller: Caller) =>
      caller({ method: 'DELETE', url: `/api/customers/${id}/notes/${note}` });
    const refused = await removes(second.id, as.an);
    expect([refused.statusCode, code(refused)]).toEqual([403, 'NOT_YOURS']);
    for (let time = 0; time < 2; time += 1)
      expect((await removes(second.id, as.admin)).statusCode).toBe(204);
    expect((await removes(first.json().id, as.an)).statusCode).toBe(204);
    expect((await customer(id)).notes).toEqual([]);
    const types = (await history(id)).map(({ type }: { type: string }) => type);
    expect(types).toEqual(['note_removed', 'note_removed', 'note_added', 'note_added']);
  });

  it('of another customer are not theirs', async () => {
    const [one, other] = [await aCustomer(), await aCustomer()];
    const note = (await notes(one.id, 'Của Lan')).json().id;
    const url = `/api/customers/${other.id}/notes/${note}`;
    expect((await as.an({ method: 'DELETE', url })).statusCode).toBe(404);
    expect((await customer(one.id)).notes).toHaveLength(1);
  });

  it('must say something', async () => {
    const { id } = await aCustomer();
    expect((await notes(id, ' \n')).json().error).toMatchObject({ code: 'INVALID', field: 'text' });
  });
});

describe('the history of a customer', () => {
  it('is read page by page, newest first', async () => {
    const { id } = await aCustomer();
    for (const text of ['1', '2', '3', '4', '5']) await notes(id, text);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const answer = (await gets(id, as.an, `/history?limit=2${more}`)).json();
      seen.push(...answer.entries.map((one: { id: string }) => one.id));
      cursor = answer.cursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toEqual((await history(id)).map((one: { id: string }) => one.id));
  });

  it('knows its own cursors only', async () => {
    const { id } = await aCustomer();
    expect((await gets(id, as.an, '/history?cursor=abc')).json().error.field).toBe('cursor');
  });
});

describe('R62: the history of a person', () => {
  it('R13, R14: begins with the tag and the lead source that the channel gave', async () => {
    const lead = await aTag('Khách mới');
    const testPage = await TestPage.connect(database.db);
    await database.db
      .updateTable('channel')
      .set({ lead_tag_id: lead, lead_source: 'Quảng cáo' })
      .where('id', '=', testPage.channel)
      .execute();
    await testPage.takesIn(writes('m1'));
    const { customer_id: id } = await testPage.session();
    expect(await history(id, as.owner)).toMatchObject([
      { type: 'created', by: null, given: { tag: `Khách mới ${lead}`, leadSource: 'Quảng cáo' } },
    ]);
  });

  async function joined() {
    const here = await aCustomer({ name: 'Lan' });
    const there = await aCustomer({ name: 'lan.hoa', channel: shop });
    await patches(there.id, { leadSource: 'Bí mật' }, as.chi);
    await merges(there.id, here.id);
    return { here, there };
  }
  const told = async (id: string, caller: Caller) =>
    (await history(id, caller)).map(
      ({ type, customerId, to }: { type: string; customerId: string | null; to: string }) => [
        type,
        customerId,
        to,
      ],
    );

  it('tells of stage, source and owner wherever they were changed; of which channel, only who sees it', async () => {
    const { here, there } = await joined();
    await patches(there.id, { stage: 'contact' }, as.chi);
    await patches(there.id, { leadSource: 'Instagram' }, as.chi);
    await patches(there.id, { owner: chi }, as.chi);
    await notes(there.id, 'Hỏi ship', as.chi);
    expect(await told(here.id, as.an)).toEqual([
      ['owner_changed', null, 'Chi'],
      ['lead_source_changed', null, 'Instagram'],
      ['stage_changed', null, 'contact'],
    ]);
    expect(await told(here.id, as.binh)).toContainEqual(['stage_changed', there.id, 'contact']);
  });

  it('tells nothing of what was another’s before they were joined, or is after they were separated', async () => {
    const { here, there } = await joined();
    expect(await told(here.id, as.an)).toEqual([]);
    await posts(there.id, 'split', as.binh);
    await patches(there.id, { stage: 'contact' }, as.chi);
    expect(await told(here.id, as.an)).toEqual([]);
  });
});

describe('R62: the same person on another channel', () => {
  async function lanTwice() {
    const here = await aCustomer({ name: 'Lan' });
    const there = await aCustomer({ name: 'lan.hoa', channel: shop });
    return { here, there };
  }

  it('is joined: what is known counts for both, who they are on each channel is shown', async () => {
    const { here, there } = await lanTwice();
    await patches(here.id, { stage: 'contact', leadSource: 'Hội chợ', owner: an });
    await patches(there.id, { leadSource: 'Instagram' }, as.binh);
    await aContact(here.id, '+84912345678');
    await aContact(there.id, '+84987654321');
    await notes(there.id, 'Hỏi ship', as.binh);
    const [loyal, vip] = [await aTag('Khách quen'), await aTag('VIP')];
    await tags(here.id, [loyal]);
    await tags(there.id, [loyal, vip], as.binh);

    const answer = await merges(there.id, here.id);
    expect(answer.statusCode).toBe(200);
    const shown = answer.json();
    expect(shown).toMatchObject({
      id: there.id,
      name: 'lan.hoa',
      stage: 'contact',
      leadSource: 'Hội chợ',
      owner: { id: an },
      tags: [{ id: loyal }, { id: vip }],
      notes: [{ text: 'Hỏi ship' }],
      identities: [
        {
          id: there.id,
          name: 'lan.hoa',
          channel: { id: shop, platform: 'instagram', name: 'Shop' },
        },
        { id: here.id, name: 'Lan', channel: { id: page, platform: 'facebook', name: 'Page' } },
      ],
    });
    const values = shown.contacts.map(({ value }: { value: string }) => value).sort();
    expect(values).toEqual(['+84912345678', '+84987654321']);
    const sessions = shown.sessions.map(({ id }: { id: SessionId }) => id).sort();
    expect(sessions).toEqual([here.session, there.session].sort());
    expect(await customer(here.id, as.binh)).toMatchObject({
      name: 'Lan',
      identities: [{ id: here.id }, { id: there.id }],
      notes: [{ text: 'Hỏi ship' }],
    });
    expect(await history(there.id, as.binh)).toContainEqual(
      expect.objectContaining({ type: 'merged', customerId: there.id, to: 'Lan' }),
    );
  });

  it('is separated again: each has back what they had', async () => {
    const { here, there } = await lanTwice();
    await patches(there.id, { stage: 'contact', leadSource: 'Instagram' }, as.binh);
    const before = await customer(there.id, as.binh);
    await merges(there.id, here.id);
    await patches(there.id, { owner: binh }, as.binh);
    for (let time = 0; time < 2; time += 1)
      expect((await posts(there.id, 'split', as.binh)).json()).toEqual(before);
    expect(await customer(here.id, as.binh)).toMatchObject({
      owner: { id: binh },
      identities: [{ id: here.id }],
    });
    const types = (await history(there.id, as.binh)).map(({ type }: { type: string }) => type);
    expect(types.filter((type: string) => type === 'split')).toHaveLength(1);
  });

  it('is never joined to a chain, in whatever order, by whomever, twice or with oneself', async () => {
    const { here, there } = await lanTwice();
    const third = await aCustomer({ name: 'Lan 3', channel: shop });
    await merges(third.id, there.id);
    await merges(there.id, here.id);
    await merges(there.id, here.id);
    await merges(here.id, third.id);
    const roots = await database.db
      .selectFrom('customer')
      .select(['id', 'merged_into'])
      .where('id', 'in', [here.id, there.id, third.id])
      .execute();
    for (const { id, merged_into } of roots)
      expect(merged_into).toBe(id === here.id ? null : here.id);
    const alone = await merges(here.id, here.id);
    expect(alone.json().error).toMatchObject({ code: 'INVALID', field: 'into' });
  });

  it('at once in both directions is joined once', async () => {
    const { here, there } = await lanTwice();
    await Promise.all([merges(here.id, there.id), merges(there.id, here.id)]);
    const joined = await database.db
      .selectFrom('customer')
      .select('merged_into')
      .where('id', 'in', [here.id, there.id])
      .where('merged_into', 'is not', null)
      .execute();
    expect(joined).toHaveLength(1);
    expect((await customer(here.id, as.binh)).identities).toHaveLength(2);
  });

  const rootsOf = async (...ids: CustomerId[]) => {
    const rows = await database.db
      .selectFrom('customer')
      .select(['id', 'merged_into'])
      .where('id', 'in', ids)
      .execute();
    const roots = new Map(rows.map(({ id, merged_into }) => [id, merged_into]));
    return ids.map((id) => roots.get(id));
  };

  it('joined already, takes along whoever they are joined with', async () => {
    const { here, there } = await lanTwice();
    const third = await aCustomer({ name: 'Lan 3', channel: shop });
    const fourth = await aCustomer({ name: 'Lan 4', channel: shop });
    await merges(there.id, here.id);
    await merges(third.id, here.id);
    await merges(there.id, fourth.id);
    expect(await rootsOf(here.id, there.id, third.id, fourth.id)).toEqual([
      fourth.id,
      fourth.id,
      fourth.id,
      null,
    ]);
  });

  it('separated from those who were joined to them, leaves these joined with what they had', async () => {
    const { here, there } = await lanTwice();
    const third = await aCustomer({ name: 'Lan 3', channel: shop });
    await merges(there.id, here.id);
    await merges(third.id, here.id);
    await patches(here.id, { stage: 'contact', leadSource: 'Hội chợ', owner: an });
    expect((await posts(here.id, 'split', as.binh)).json()).toMatchObject({
      identities: [{ id: here.id }],
      stage: 'contact',
    });
    expect(await rootsOf(here.id, there.id, third.id)).toEqual([null, null, there.id]);
    expect(await customer(third.id, as.binh)).toMatchObject({
      stage: 'contact',
      leadSource: 'Hội chợ',
      owner: { id: an },
      identities: [{ id: third.id }, { id: there.id }],
    });
    expect(await history(here.id, as.binh)).toContainEqual(
      expect.objectContaining({ type: 'split', customerId: here.id }),
    );
  });

  it('is joined only by who may act on both', async () => {
    const { here, there } = await lanTwice();
    expect((await merges(here.id, there.id, as.an)).statusCode).toBe(404);
    expect((await merges(here.id, there.id, as.chi)).statusCode).toBe(404);
    expect((await customer(here.id)).identities).toHaveLength(1);
  });

  it('R23: shows nothing of the other channel to who is not of its team', async () => {
    const { here, there } = await lanTwice();
    await aContact(there.id, '+84987654321');
    await notes(there.id, 'Hỏi ship', as.binh);
    await tags(there.id, [await aTag('VIP')], as.binh);
    await merges(there.id, here.id);
    for (const [caller, mine, others] of [
      [as.an, here, there],
      [as.chi, there, here],
    ] as const) {
      expect((await gets(others.id, caller)).statusCode).toBe(404);
      expect((await gets(others.id, caller, '/history')).statusCode).toBe(404);
      const shown = await customer(mine.id, caller);
      expect(shown.identities).toMatchObject([{ id: mine.id }]);
      expect(shown.sessions).toMatchObject([{ id: mine.session }]);
      const told = JSON.stringify([shown, await history(mine.id, caller)]);
      const words =
        mine === here ? ['lan.hoa', 'Shop', '+84987654321', 'Hỏi ship', 'VIP'] : ['"Lan"', 'Page'];
      for (const secret of [others.id, others.session, ...words])
        expect(told).not.toContain(secret);
    }
  });

  it('takes tags only from where the agent may act', async () => {
    const { here, there } = await lanTwice();
    const [loyal, vip] = [await aTag('Khách quen'), await aTag('VIP')];
    await tags(there.id, [vip], as.chi);
    await merges(there.id, here.id);
    await tags(here.id, [loyal], as.an);
    expect((await customer(there.id, as.chi)).tags).toMatchObject([{ id: vip }]);
    expect((await tags(here.id, [], as.binh)).json().tags).toEqual([]);
    expect((await customer(there.id, as.chi)).tags).toEqual([]);
  });
});

describe('R62: blocked as spam', () => {
  const commandsOf = (session: SessionId) =>
    database.db
      .selectFrom('command')
      .innerJoin('session_journal as entry', (join) =>
        join
          .onRef('entry.session_id', '=', 'command.session_id')
          .onRef('entry.seq', '=', 'command.seq'),
      )
      .select(['command.id', 'command.agent_id as agent', 'command.type', 'entry.fact'])
      .where('command.session_id', '=', session)
      .orderBy('command.seq')
      .execute();
  const settle = (session: SessionId, outcome: { state: 'done' | 'refused'; code?: 'EXPIRED' }) =>
    database.db.updateTable('command').set(outcome).where('session_id', '=', session).execute();

  it('is who was blocked, and the open sessions are asked to be done; a repetition changes nothing', async () => {
    const { id, session } = await aCustomer();
    await another(id, { status: 'done', last_message_at: new Date('2026-01-02T03:04:05Z') });
    for (let time = 0; time < 2; time += 1) {
      const answer = await posts(id, 'block', as.an);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toEqual({ sessions: [{ id: session, state: 'pending' }] });
    }
    expect(await customer(id)).toMatchObject({
      blocked: true,
      identities: [{ blockedAt: expect.any(String), blockedBy: { id: an, name: 'An' } }],
      sessions: [{ id: session, status: 'open' }, { status: 'done' }],
    });
    for (let time = 0; time < 2; time += 1)
      expect((await posts(id, 'unblock', as.binh)).statusCode).toBe(204);
    expect(await customer(id)).toMatchObject({
      blocked: false,
      identities: [{ blockedAt: null, blockedBy: null }],
    });
    expect(await history(id)).toMatchObject([
      { type: 'unblocked', by: { id: binh } },
      { type: 'blocked', by: { id: an } },
    ]);
  });

  it('is the person on every channel on which the agent may act on them, and on no other', async () => {
    const here = await aCustomer();
    const there = await aCustomer({ channel: shop });
    await merges(there.id, here.id);
    await posts(here.id, 'block', as.an);
    expect((await customer(there.id, as.chi)).blocked).toBe(false);
    const both = await posts(here.id, 'block', as.binh);
    const asked: { id: SessionId }[] = both.json().sessions;
    expect(asked.map((one) => one.id).sort()).toEqual([here.session, there.session].sort());
    expect((await customer(there.id, as.chi)).blocked).toBe(true);
  });

  it('asks each open session once, with the newest of what they wrote before, and tells what became of it', async () => {
    const { id, session } = await aCustomer();
    await aMessage(database.db, { session, channel: page, seq: 3 });
    const before = api.nudged.relay;
    await posts(id, 'block', as.an);
    expect(api.nudged.relay).toBeGreaterThan(before);
    // What they write now shares a place in the journal with what was asked, and is not new.
    await aMessage(database.db, { session, channel: page, seq: 4, from_blocked: true });
    expect((await posts(id, 'block', as.an)).json().sessions).toEqual([
      { id: session, state: 'pending' },
    ]);
    expect(await commandsOf(session)).toMatchObject([
      { agent: an, type: 'done', fact: { command: { type: 'done', seenSeq: 3 } } },
    ]);
    await settle(session, { state: 'done' });
    expect((await posts(id, 'block', as.an)).json().sessions).toEqual([
      { id: session, state: 'done' },
    ]);
    await settle(session, { state: 'refused', code: 'EXPIRED' });
    expect((await posts(id, 'block', as.an)).json().sessions).toEqual([
      { id: session, state: 'refused', code: 'EXPIRED' },
    ]);
  });

  it('asks anew when they are blocked once more, and of as many sessions as there are', async () => {
    const { id, session } = await aCustomer();
    const more: SessionId[] = [];
    for (let count = 0; count < 9; count += 1) more.push(await another(id));
    await posts(id, 'block', as.an);
    await posts(id, 'unblock', as.an);
    const again = (await posts(id, 'block', as.an)).json().sessions as { id: SessionId }[];
    expect(again.map((one) => one.id).sort()).toEqual([session, ...more].sort());
    for (const one of [session, ...more]) expect(await commandsOf(one)).toHaveLength(2);
  });

  it('asks a session too that is about to open with their message', async () => {
    const { id, session } = await aCustomer({ status: 'done', start_seq: 1 });
    await aMessage(database.db, { session, channel: page, seq: 1 });
    expect((await posts(id, 'block', as.an)).json().sessions).toEqual([
      { id: session, state: 'pending' },
    ]);
    expect(await commandsOf(session)).toMatchObject([
      { type: 'done', fact: { command: { type: 'done', seenSeq: 1 } } },
    ]);
  });

  it('asks what may be carried out at any time: nobody waits for it', async () => {
    const { id, session } = await aCustomer();
    await posts(id, 'block', as.an);
    const inAYear = Date.now() + 365 * DAY;
    const [asked] = await commandsOf(session);
    expect(asked?.fact).toMatchObject({ expiresAt: expect.any(Number) });
    expect(Number((asked?.fact as { expiresAt: number }).expiresAt)).toBeGreaterThan(inAYear);
  });

  it('leaves alone what is open with somebody else in charge', async () => {
    const { id, session } = await aCustomer();
    const hers = await another(id, { assignee_id: binh });
    expect((await posts(id, 'block', as.an)).json().sessions).toEqual([
      { id: session, state: 'pending' },
    ]);
    expect(await commandsOf(hers)).toEqual([]);
  });
});

describe('R11: the owner by assignment', () => {
  const gives = (id: CustomerId, owner: AgentId | null, by: AgentId | null) =>
    database.db
      .transaction()
      .execute((trx) =>
        setOwner(trx, id, { owner, by, session: 'any' as SessionId, assignment: 1 }),
      );

  it('is written down with who assigned, from whom and to whom; the same again is not', async () => {
    const { id } = await aCustomer();
    await gives(id, an, null);
    await gives(id, an, null);
    await gives(id, binh, an);
    await gives(id, null, an);
    expect(await history(id)).toMatchObject([
      { type: 'owner_changed', by: { id: an }, from: 'Bình', to: null, how: 'assignment' },
      { by: { id: an }, from: 'An', to: 'Bình', how: 'assignment' },
      { by: null, from: null, to: 'An', how: 'assignment' },
    ]);
    expect(await readOwner(database.db, id)).toBeNull();
  });

  it('is the person’s, whichever of their sessions was assigned', async () => {
    const here = await aCustomer();
    const there = await aCustomer({ channel: shop });
    await merges(there.id, here.id);
    await gives(there.id, binh, null);
    expect(await readOwner(database.db, here.id)).toBe(binh);
    expect(await readOwner(database.db, there.id)).toBe(binh);
    await posts(there.id, 'split', as.binh);
    expect(await readOwner(database.db, there.id)).toBeNull();
  });

  it('of two at once is told in the order in which they came', async () => {
    const { id } = await aCustomer();
    await Promise.all([gives(id, an, null), gives(id, binh, null)]);
    const [last, first] = await history(id);
    expect(first.from).toBeNull();
    expect(last.from).toBe(first.to);
  });

  it('of nobody is nobody', async () => {
    await gives('nobody' as CustomerId, an, null);
    expect(await readOwner(database.db, 'nobody' as CustomerId)).toBeNull();
  });
});
