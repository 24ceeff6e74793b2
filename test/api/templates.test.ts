import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#db/ids.ts';
import type { AgentId, ChannelId, LabelId } from '#domain/ids.ts';
import { testApi, type Caller, type TestApi } from '#test/support/api.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { aChannel, anAgent, aWorkspace } from '#test/support/workspace.ts';

let database: TestDatabase;
let api: TestApi;
let an: AgentId;
let shop: ChannelId;
let hotel: ChannelId;
let asAn: Caller;
let asBinh: Caller;
let asHotel: Caller;
let asOwner: Caller;

beforeAll(async () => {
  database = await testDatabase();
  api = await testApi(database);
  await aWorkspace(database.db);
  an = await anAgent(database.db, { name: 'An' });
  const binh = await anAgent(database.db, { name: 'Bình' });
  const chi = await anAgent(database.db, { name: 'Chi' });
  shop = await aChannel(database.db, { team: [an, binh] });
  hotel = await aChannel(database.db, { team: [chi] });
  [asAn, asBinh, asHotel] = await Promise.all([api.as(an), api.as(binh), api.as(chi)]);
  asOwner = await api.as(await anAgent(database.db, { role: 'owner' }));
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  await database.db.deleteFrom('template').execute();
});

const aLabel = async (change: { retired_at?: Date } = {}): Promise<LabelId> => {
  const id = newId<LabelId>();
  await database.db
    .insertInto('label')
    .values({ id, name: id, color: '#64748b', position: 0, ...change })
    .execute();
  return id;
};
const add = (payload: object, caller = asAn) =>
  caller({ method: 'POST', url: '/api/templates', payload: { content: 'Chào bạn', ...payload } });
const change = (id: string, payload: object, caller = asAn) =>
  caller({ method: 'PUT', url: `/api/templates/${id}`, payload });
const remove = (id: string, caller = asAn) =>
  caller({ method: 'DELETE', url: `/api/templates/${id}` });
const list = async (query = '', caller = asAn): Promise<{ id: string; content: string }[]> =>
  (await caller({ url: `/api/templates${query}` })).json().templates;
const contents = async (query = '', caller = asAn) =>
  (await list(query, caller)).map(({ content }) => content);
const errorOf = (answer: Awaited<ReturnType<typeof add>>) => {
  const { code, field } = answer.json().error;
  return [code, field];
};

describe('a template (R41)', () => {
  it('needs its text alone: it is then for all pages', async () => {
    const answer = await add({ content: ' Chào {{customer.name}} ' });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      version: 1,
      title: null,
      content: 'Chào {{customer.name}}',
      channels: null,
      labels: [],
      attachments: [],
      author: { id: an, name: 'An' },
      mayDelete: true,
    });
    expect(await list()).toEqual([answer.json()]);
  });

  it('keeps all that is set', async () => {
    const words = {
      title: 'Giá',
      content: 'Giá là 200k',
      channels: [shop],
      labels: [await aLabel()],
      attachments: [{ kind: 'image', url: 'https://example.com/a.png', title: 'Bảng giá' }],
    };
    const { id } = (await add({})).json();
    const answer = await change(id, { version: 1, ...words });
    expect(answer.json()).toMatchObject({ id, version: 2, ...words });
    expect((await asAn({ url: `/api/templates/${id}` })).json()).toEqual(answer.json());
  });

  it('is changed by everybody who sees it, and deleted by its author and admins only', async () => {
    const { id } = (await add({})).json();
    expect((await list('', asBinh))[0]).toMatchObject({ id, mayDelete: false });
    expect((await change(id, { version: 1, content: 'Khác' }, asBinh)).json()).toMatchObject({
      content: 'Khác',
      author: { id: an },
      mayDelete: false,
    });
    expect(errorOf(await remove(id, asBinh))[0]).toBe('NOT_YOURS');
    expect((await change(id, { version: 2, content: 'Nữa' }, asOwner)).json()).toMatchObject({
      content: 'Nữa',
      mayDelete: true,
    });
    expect((await remove(id)).statusCode).toBe(204);
    expect(errorOf(await remove(id))[0]).toBe('NOT_FOUND');
    expect(await list()).toEqual([]);
  });

  it('of two who save at once, the second is told', async () => {
    const { id } = (await add({})).json();
    const saves = [
      change(id, { version: 1, content: 'A' }),
      change(id, { version: 1, content: 'B' }, asOwner),
    ];
    const codes = (await Promise.all(saves)).map(({ statusCode }) => statusCode);
    expect(codes.sort()).toEqual([200, 409]);
  });

  it.each([
    ['no text', { content: ' ' }, 'content'],
    ['too long a text', { content: 'a'.repeat(2_001) }, 'content'],
    ['an empty title', { title: ' ' }, 'title'],
    ['no page', { channels: [] }, 'channels'],
    ['a page that is not there', { channels: ['nothing'] }, 'channels.0'],
    ['a label that is not there', { labels: ['nothing'] }, 'labels.0'],
    [
      'an attachment from nowhere',
      { attachments: [{ kind: 'image', url: 'http://example.com/a.png' }] },
      'attachments.0.url',
    ],
    [
      'an attachment of no kind',
      { attachments: [{ kind: 'x', url: 'https://example.com' }] },
      'attachments.0.kind',
    ],
  ])('with %s is refused by the field', async (_what, payload, field) => {
    expect(errorOf(await add(payload))).toEqual(['INVALID', field]);
  });

  it('takes no retired label, but keeps one', async () => {
    const label = await aLabel();
    const { id } = (await add({ labels: [label] })).json();
    await database.db
      .updateTable('label')
      .set({ retired_at: new Date() })
      .where('id', '=', label)
      .execute();
    expect(errorOf(await add({ labels: [label] }))).toEqual(['INVALID', 'labels.0']);
    expect((await change(id, { version: 1, content: 'A', labels: [label] })).statusCode).toBe(200);
  });
});

describe('templates and pages (R23)', () => {
  it('are for all pages, or for who sees one of theirs', async () => {
    const { id } = (await add({ content: 'Shop', channels: [shop] })).json();
    await add({ content: 'Mọi trang' });
    expect(await contents('', asBinh)).toEqual(['Mọi trang', 'Shop']);
    expect(await contents('', asOwner)).toEqual(['Mọi trang', 'Shop']);
    expect(await contents('', asHotel)).toEqual(['Mọi trang']);
    expect((await asHotel({ url: `/api/templates/${id}` })).statusCode).toBe(404);
    expect(errorOf(await remove(id, asHotel))[0]).toBe('NOT_FOUND');
  });

  it('are written for pages that one sees', async () => {
    expect(errorOf(await add({ channels: [shop, hotel] }))).toEqual(['INVALID', 'channels.1']);
  });

  it('do not show pages that one does not see, and keep them', async () => {
    const { id } = (await add({ channels: [hotel, shop] }, asOwner)).json();
    await database.db.updateTable('template').set({ author_id: an }).where('id', '=', id).execute();
    expect((await list())[0]).toMatchObject({ channels: [shop] });
    const answer = await change(id, { version: 1, content: 'A', channels: [shop] });
    expect(answer.json().channels).toEqual([shop]);
    expect((await list('', asHotel))[0]).toMatchObject({ content: 'A', channels: [hotel] });
  });
});

describe('what is done to templates is audited (R55)', () => {
  type Entry = { action: string; subject: object; before: unknown; after: unknown };
  const audited = async (caller: Caller, id: string) =>
    (await caller({ url: `/api/audit?subject=${id}` }))
      .json<{ entries: Entry[] }>()
      .entries.map(({ action, subject, before, after }) => ({ action, subject, before, after }));

  it('as far as it changed, under the title that it has by now', async () => {
    const { id } = (await add({ title: 'Giá', content: 'Giá là 200k' })).json();
    await change(id, { version: 1, title: 'Giá', content: 'Giá là 250k' });
    await change(id, { version: 2, title: 'Giá', content: 'Giá là 250k' });
    const subject = { type: 'template', id, name: 'Giá' };
    const words = { title: 'Giá', channels: null, labels: [], attachments: [] };
    const soFar = [
      {
        action: 'template.changed',
        subject,
        before: { content: 'Giá là 200k' },
        after: { content: 'Giá là 250k' },
      },
      {
        action: 'template.added',
        subject,
        before: null,
        after: { ...words, content: 'Giá là 200k' },
      },
    ];
    expect(await audited(asOwner, id)).toEqual(soFar);
    await remove(id);
    expect(await audited(asOwner, id)).toEqual([
      {
        action: 'template.deleted',
        subject: { ...subject, name: null },
        before: { ...words, content: 'Giá là 250k' },
        after: null,
      },
      ...soFar.map((entry) => ({ ...entry, subject: { ...subject, name: null } })),
    ]);
  });

  it('for admins who see one of its pages, also when it is gone (R23)', async () => {
    const [here, elsewhere] = await Promise.all(
      [shop, hotel].map(async (channel) => {
        const admin = await anAgent(database.db, { role: 'admin' });
        await database.db
          .insertInto('channel_agent')
          .values({ channel_id: channel, agent_id: admin, position: 9 })
          .execute();
        return api.as(admin);
      }),
    );
    if (here === undefined || elsewhere === undefined) throw new Error('Two were made');
    const { id } = (await add({ channels: [shop] })).json();
    await change(id, { version: 1, content: 'A', channels: [shop] });
    expect([(await audited(here, id)).length, await audited(elsewhere, id)]).toEqual([2, []]);
    await remove(id);
    expect([(await audited(here, id)).length, await audited(elsewhere, id)]).toEqual([3, []]);
  });
});

describe('the quick filter (R42)', () => {
  beforeEach(async () => {
    await add({ content: 'Địa chỉ: 12 Lê Lợi', title: 'Địa chỉ', channels: [shop] });
    await add({ content: 'Giá phòng', channels: [hotel] }, asOwner);
    await add({ content: 'Bảo hành 12 tháng' });
  });

  it.each([
    ['', ['Bảo hành 12 tháng', 'Địa chỉ: 12 Lê Lợi', 'Giá phòng']],
    ['?q=dia%20chi', ['Địa chỉ: 12 Lê Lợi']],
    ['?q=BAO', ['Bảo hành 12 tháng']],
    ['?q=12', ['Bảo hành 12 tháng', 'Địa chỉ: 12 Lê Lợi']],
    ['?q=%20', ['Bảo hành 12 tháng', 'Địa chỉ: 12 Lê Lợi', 'Giá phòng']],
    ['?q=xyz', []],
  ])('%s finds %j', async (query, expected) => {
    expect((await contents(query, asOwner)).sort()).toEqual(expected.toSorted());
  });

  it('shows those of a page and of all pages', async () => {
    expect(await contents(`?channel=${hotel}`, asOwner)).toEqual([
      'Bảo hành 12 tháng',
      'Giá phòng',
    ]);
    expect((await asAn({ url: `/api/templates?channel=${hotel}` })).statusCode).toBe(404);
  });

  it('goes by category', async () => {
    const label = await aLabel();
    await add({ content: 'Ship 2 ngày', labels: [label] });
    expect(await contents(`?label=${label}`)).toEqual(['Ship 2 ngày']);
  });
});
