import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fact } from '#channels/channel.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import {
  at,
  delivered,
  edits,
  HOA,
  pageWrites,
  reacts,
  read,
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

describe('a customer’s message', () => {
  test('makes the customer, a session that is not open yet, the message and its place in the journal', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1'));
    expect(await lan.session()).toMatchObject({ status: 'done', round: 0, start_seq: 1 });
    expect(await lan.message('m1')).toMatchObject({
      seq: 1,
      direction: 'in',
      author: 'customer',
      state: 'received',
      text: 'text of m1',
      occurred_at: new Date(at(0)),
    });
    expect(await lan.kinds()).toEqual(['customer_message']);
  });

  test('is ready to be relayed', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1'));
    const queue = await lan.queue((await lan.session()).id);
    expect(queue).toMatchObject({ last_seq: 1, delivered_seq: 0 });
    expect(queue.ready_since).not.toBeNull();
  });

  test('shows in the list: its words, its arrival, and the messaging window that it opens', async () => {
    const lan = await page();
    const receivedAt = new Date(Date.now() + 60_000);
    await lan.takesInItems(lan.delivery([writes('m1', { occurredAt: at(7) })], receivedAt));
    expect(await lan.session()).toMatchObject({
      preview: 'text of m1',
      preview_by: 'customer',
      last_message_at: receivedAt,
      last_customer_at: new Date(at(7)),
      window_from: new Date(at(7)),
    });
  });

  test('that arrives late does not turn the messaging window back', async () => {
    const lan = await page();
    await lan.takesInOneByOne(
      writes('m2', { occurredAt: at(100) }),
      writes('m1', { occurredAt: at(50) }),
    );
    expect((await lan.session()).window_from).toEqual(new Date(at(100)));
  });

  test('stands in the journal with its arrival here, not with its time at Meta', async () => {
    const lan = await page();
    const receivedAt = new Date(Date.now() - 5_000);
    await lan.takesInItems(lan.delivery([writes('m1')], receivedAt));
    expect((await lan.journal())[0]?.at).toBe(receivedAt.getTime());
  });

  test('comes in the order of the deliveries', async () => {
    const lan = await page();
    await lan.takesInItems([
      ...lan.delivery([writes('m3', { occurredAt: at(3) }), writes('m1', { occurredAt: at(1) })]),
      ...lan.delivery([writes('m2', { occurredAt: at(2) })]),
    ]);
    expect((await lan.messages()).map(({ mid, seq }) => [mid, seq])).toEqual([
      ['m3', 1],
      ['m1', 2],
      ['m2', 3],
    ]);
  });

  test('goes to the session of its own sender', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1'), writes('h1', { customer: HOA }), writes('m2'));
    expect(await lan.kinds()).toHaveLength(2);
    expect(await lan.kinds(HOA)).toHaveLength(1);
  });

  test('keeps text beyond the basic plane and Vietnamese as it is', async () => {
    const lan = await page();
    await lan.takesIn(writes('m1', { text: 'Giá bao nhiêu ạ? 🌸' }));
    expect((await lan.message('m1')).text).toBe('Giá bao nhiêu ạ? 🌸');
  });
});

describe('what was taken in before changes nothing', () => {
  const story: Fact[] = [
    writes('m1'),
    edits('m1', 'better', 1),
    pageWrites('e1'),
    delivered(70),
    read(80),
    reacts(90),
    writes('m2'),
    removes('m2'),
    removes('never came'),
  ];

  test('in the same batch', async () => {
    const once = await page();
    await once.takesIn(...story);
    const twice = await page();
    const before = await twice.counts();
    await twice.takesIn(...story, ...story);
    const after = await twice.counts();
    expect(await twice.kinds()).toEqual(await once.kinds());
    expect(after.message).toBe(Number(before.message) + 3);
  });

  test('in a later batch', async () => {
    const lan = await page();
    await lan.takesIn(...story);
    const before = { counts: await lan.counts(), messages: await lan.messages() };
    await lan.takesIn(...story);
    expect({ counts: await lan.counts(), messages: await lan.messages() }).toEqual(before);
  });

  test('one by one, in any later batch', async () => {
    const lan = await page();
    await lan.takesInOneByOne(...story);
    const before = { counts: await lan.counts(), messages: await lan.messages() };
    await lan.takesInOneByOne(...story.toReversed());
    expect({ counts: await lan.counts(), messages: await lan.messages() }).toEqual(before);
  });
});

describe('content does not depend on the order in which it comes', () => {
  const content = async (lan: TestPage) => {
    const { text, attachments, removed_at, edit_no } = await lan.message('m1');
    const { preview } = await lan.session();
    return { text, attachments, removed: removed_at !== null, edit_no, preview };
  };

  const message = writes('m1', {
    attachments: [{ kind: 'image', url: 'https://scontent.example/1.jpg', title: null }],
  });
  const stories: [string, Fact[], object][] = [
    [
      'a message, its edit and its removal',
      [message, edits('m1', 'edited'), removes('m1')],
      { text: null, attachments: [], removed: true, edit_no: 1 },
    ],
    [
      'a message and two edits',
      [message, edits('m1', 'first edit', 1), edits('m1', 'second edit', 2)],
      { text: 'second edit', removed: false, edit_no: 2, preview: 'second edit' },
    ],
  ];
  for (const [what, facts, expected] of stories)
    for (const order of permutations(facts)) {
      const name = order.map((fact) => (fact.type === 'edited' ? fact.text : fact.type)).join(', ');
      test(`${what}: ${name}; one by one`, async () => {
        const lan = await page();
        await lan.takesIn(writes('m0', { text: 'before' }));
        await lan.takesInOneByOne(...order);
        expect(await content(lan)).toMatchObject(expected);
      });
      test(`${what}: ${name}; in one batch`, async () => {
        const lan = await page();
        await lan.takesIn(writes('m0', { text: 'before' }));
        await lan.takesIn(...order);
        expect(await content(lan)).toMatchObject(expected);
      });
    }

  test('what the customer took back is not shown in the list either', async () => {
    const lan = await page();
    await lan.takesInOneByOne(writes('m1', { text: 'first' }), writes('m2', { text: 'secret' }));
    await lan.takesIn(removes('m2'));
    expect((await lan.session()).preview).toBe('first');
  });

  test('a removal that comes first lets the message begin no wait', async () => {
    const lan = await page();
    await lan.takesInOneByOne(removes('m1'), writes('m1'));
    expect(await lan.kinds()).toEqual([]);
  });

  test('a removal that comes after says in the journal which place was taken back', async () => {
    const lan = await page();
    await lan.takesInOneByOne(writes('m1'), writes('m2'), removes('m2'));
    expect((await lan.journal()).at(-1)).toMatchObject({
      kind: 'customer_message_removed',
      ofSeq: 2,
    });
  });
});

describe('deliveries and reads', () => {
  const states = async (lan: TestPage) => (await lan.messages()).map((message) => message.state);

  for (const [name, facts] of [
    ['after the message', [pageWrites('e1'), delivered(60)]],
    ['before the message', [writes('m1'), delivered(60), pageWrites('e1')]],
  ] as [string, Fact[]][])
    test(`a delivery ${name} shows it as delivered`, async () => {
      const lan = await page();
      await lan.takesInOneByOne(...facts);
      expect((await lan.message('e1')).state).toBe('delivered');
    });

  for (const [name, facts] of [
    ['after the message', [pageWrites('e1'), read(60)]],
    ['before the message', [writes('m1'), read(60), pageWrites('e1')]],
    ['in its batch', [writes('m1'), read(60), pageWrites('e1')]],
  ] as [string, Fact[]][])
    test(`a read ${name} shows it as seen`, async () => {
      const lan = await page();
      if (name === 'in its batch') await lan.takesIn(...facts);
      else await lan.takesInOneByOne(...facts);
      expect((await lan.message('e1')).state).toBe('seen');
    });

  test('a delivery after the read leaves it seen', async () => {
    const lan = await page();
    await lan.takesInOneByOne(pageWrites('e1'), read(60), delivered(90));
    expect(await states(lan)).toEqual(['seen']);
  });

  test('an older watermark than the message says nothing of it', async () => {
    const lan = await page();
    await lan.takesInOneByOne(pageWrites('e1'), read(59));
    expect(await states(lan)).toEqual(['sent']);
  });

  test('they put nothing into the journal', async () => {
    const lan = await page();
    await lan.takesInOneByOne(writes('m1'), delivered(60), read(60), reacts(90));
    expect(await lan.kinds()).toEqual(['customer_message']);
  });
});

describe('a reaction', () => {
  test('renews the messaging window', async () => {
    const lan = await page();
    await lan.takesInOneByOne(writes('m1'), reacts(3_600));
    expect((await lan.session()).window_from).toEqual(new Date(at(3_600)));
  });

  test('that is taken back does not', async () => {
    const lan = await page();
    await lan.takesInOneByOne(writes('m1'), reacts(3_600, null));
    expect((await lan.session()).window_from).toEqual(new Date(at(0)));
  });

  test('does not count as a message of the customer', async () => {
    const lan = await page();
    await lan.takesInOneByOne(writes('m1'), reacts(3_600));
    expect((await lan.session()).last_customer_at).toEqual(new Date(at(0)));
  });
});

describe('a message that the Page sent without us', () => {
  const fates: [string, Partial<Parameters<typeof pageWrites>[1]>, { author: string }, boolean][] =
    [
      [
        'by a person in Meta’s inbox is a staff answer',
        { appId: null },
        { author: 'elsewhere' },
        true,
      ],
      [
        'by Meta’s inbox under its own app id is a staff answer',
        { appId: 'meta-inbox' },
        { author: 'elsewhere' },
        true,
      ],
      ['by another app is no answer', { appId: 'some-bot' }, { author: 'other_app' }, false],
      [
        'within ten seconds of the customer is an instant reply, no answer',
        { occurredAt: at(10) },
        { author: 'other_app' },
        false,
      ],
      [
        'eleven seconds after the customer is an answer',
        { occurredAt: at(11) },
        { author: 'elsewhere' },
        true,
      ],
    ];
  for (const [name, echo, message, answer] of fates)
    test(name, async () => {
      const lan = await page();
      await lan.takesInOneByOne(writes('m1'), pageWrites('e1', echo));
      expect(await lan.message('e1')).toMatchObject({
        ...message,
        direction: 'out',
        state: 'sent',
      });
      expect((await lan.journal()).at(-1)).toMatchObject({ kind: 'foreign_message', answer });
    });

  test('is shown in the list as the Page’s', async () => {
    const lan = await page();
    await lan.takesInOneByOne(writes('m1'), pageWrites('e1'));
    expect(await lan.session()).toMatchObject({ preview: 'text of e1', preview_by: 'page' });
  });

  test('opens nothing when it is the first of the conversation', async () => {
    const lan = await page();
    await lan.takesIn(pageWrites('e1'));
    expect(await lan.session()).toMatchObject({ status: 'done', start_seq: 0 });
  });
});

describe('what does not become a message', () => {
  const items = async (lan: TestPage) =>
    lan.db.selectFrom('delivery_item').select(['state', 'name', 'error']).execute();

  test('an event of a Page that is not connected is parked and says what to do', async () => {
    const own = await testDatabase({ max: 2 });
    try {
      const lan = await TestPage.connect(own.db);
      const [item] = lan.delivery([writes('m1')]);
      if (item === undefined) throw new Error('no item');
      const { parkedItems } = await lan.takesInItems([{ ...item, asset: '999' }]);
      expect(parkedItems).toEqual(new Map([[item.deliveryId, 1]]));
      expect(await items(lan)).toEqual([
        {
          state: 'parked',
          name: null,
          error: 'No channel is connected for facebook 999: connect it and replay',
        },
      ]);
    } finally {
      await own.close();
    }
  });

  test('what the parser ignores is counted by its name', async () => {
    const own = await testDatabase({ max: 2 });
    try {
      const lan = await TestPage.connect(own.db);
      await lan.takesIn({ type: 'ignored', name: 'standby' });
      expect(await items(lan)).toEqual([{ state: 'ignored', name: 'standby', error: null }]);
    } finally {
      await own.close();
    }
  });
});

describe('browsers', () => {
  for (const [name, fact] of [
    ['a message', writes('m2')],
    ['an edit', edits('m1', 'edited')],
    ['a removal', removes('m1')],
    ['a removal of the Page’s own message', removes('e1')],
    ['a read', read(100)],
  ] as [string, Fact][])
    test(`hear of ${name}`, async () => {
      const lan = await page();
      await lan.takesIn(writes('m1'), pageWrites('e1'));
      const session = await lan.session();
      const changes = () =>
        lan.db
          .selectFrom('change')
          .select('id')
          .where('session_id', '=', session.id)
          .where('topic', '=', 'message')
          .execute();
      const before = (await changes()).length;
      await lan.takesIn(fact);
      expect(await changes()).toHaveLength(before + 1);
    });
});

function permutations<T>(all: readonly T[]): T[][] {
  if (all.length <= 1) return [[...all]];
  return all.flatMap((one, index) =>
    permutations(all.toSpliced(index, 1)).map((rest) => [one, ...rest]),
  );
}
