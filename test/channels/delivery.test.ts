import { describe, expect, test } from 'vitest';
import { UnreadableDelivery } from '#channels/channel.ts';
import { parseDelivery } from '#channels/delivery.ts';
import {
  AT,
  LAN,
  PAGE,
  fromLan,
  itemsOf,
  messaging,
  outcomesOf,
  textFromLan,
  toBytes,
} from './bodies.ts';

const ignored = (name: string) => ({ fact: { type: 'ignored', name } });
const page = (entry: object) => ({ object: 'page', entry: [{ id: PAGE, time: AT, ...entry }] });
const instagram = (entry: object) => ({ object: 'instagram', entry: [{ id: '178', ...entry }] });
const liked = { field: 'feed', value: { item: 'reaction', verb: 'add', comment_id: '5_7' } };

describe('a delivery', () => {
  test.for<[string, string]>([
    ['empty bytes', ''],
    ['text', 'hello'],
    ['half of a JSON', '{"object":"page","entry":['],
    ['bytes that are not UTF-8', '\xff\xfe{'],
    ['a number', '12'],
    ['a string', '"page"'],
    ['null', 'null'],
  ])('of %s is unreadable', ([, text]) => {
    expect(() => parseDelivery(Buffer.from(text, 'latin1'))).toThrow(UnreadableDelivery);
  });

  test('that is unreadable does not quote its bytes', () => {
    expect(() => parseDelivery(toBytes('{"text":"0912 345 678"'))).toThrow(/^((?!0912).)*$/);
  });

  test.for<[string, unknown, unknown[]]>([
    ['without entry', { object: 'page' }, []],
    ['with entry null', { object: 'page', entry: null }, []],
    ['with no entries', { object: 'page', entry: [] }, []],
    ['that is an empty list', [], []],
    ['with an entry of nothing', page({}), [ignored('empty_entry')]],
    [
      'with an entry that is no object',
      { object: 'page', entry: ['x'] },
      [{ error: 'The entry is not an object.' }],
    ],
    ['with a list of something else', [1], [{ error: 'The delivery is not an object.' }]],
    [
      'with one entry that is not in a list',
      { object: 'page', entry: { id: PAGE, changes: [liked] } },
      [ignored('feed:reaction')],
    ],
    [
      'of another object',
      { object: 'permissions', entry: [{ id: '1' }] },
      [ignored('object:permissions')],
    ],
    ['without an object', { entry: [{ id: '1' }] }, [ignored('object:none')]],
    [
      'of an object that is no word',
      { object: 'Lan <0912>', entry: [{}] },
      [ignored('object:other')],
    ],
    ['of standby', page({ standby: [textFromLan('m_1')] }), [ignored('standby')]],
    [
      'of changes',
      page({ changes: [liked, { field: 'mention', value: {} }] }),
      [ignored('feed:reaction'), ignored('mention')],
    ],
    ['of changes without values', page({ changes: [{ field: 'feed' }] }), [ignored('feed:none')]],
    ['of a flat change', page(liked), [ignored('feed:reaction')]],
    [
      'of changed fields',
      page({ changed_fields: ['feed', 'mention'] }),
      [ignored('changed:feed'), ignored('changed:mention')],
    ],
    [
      'of Instagram’s live comments',
      instagram({ changes: [{ field: 'live_comments', value: {} }] }),
      [ignored('instagram:live_comments')],
    ],
    ['of Instagram standby', instagram({ standby: [{}] }), [ignored('standby')]],
    ['of Instagram with nothing in it', instagram({}), [ignored('empty_entry')]],
  ])('%s', ([, body, outcomes]) => {
    expect(outcomesOf(body)).toEqual(outcomes);
  });

  test('as a top-level list gives the items of each envelope, numbered through', () => {
    const items = itemsOf([messaging(textFromLan('m_1')), instagram({ messaging: [{}] })]);
    expect(items.map(({ platform, asset, index }) => [platform, asset, index])).toEqual([
      ['facebook', PAGE, 0],
      ['instagram', '178', 1],
    ]);
  });

  test('with messaging, standby and changes in one entry gives all of them', () => {
    const body = page({ messaging: [textFromLan('m_1')], standby: [{}], changes: [liked] });
    expect(outcomesOf(body)).toMatchObject([
      { fact: { type: 'message', mid: 'm_1' } },
      ignored('standby'),
      ignored('feed:reaction'),
    ]);
  });

  test('for several Pages names each item by its own', () => {
    const body = {
      object: 'page',
      entry: [
        { id: '1', changes: [liked] },
        { id: 2, changes: [liked] },
      ],
    };
    expect(itemsOf(body).map((item) => item.asset)).toEqual(['1', '2']);
  });

  test('of 1000 items with one bad gives 999 facts and one error', () => {
    const items = Array.from({ length: 1_000 }, (_, i) => textFromLan(`m_${i}`));
    items[500] = { ...fromLan, message: { text: 'no mid' } };
    const outcomes = outcomesOf(messaging(...items));
    expect(outcomes.filter((outcome) => 'fact' in outcome)).toHaveLength(999);
    expect(outcomes[500]).toEqual({ error: 'The message has no mid.' });
  });

  test('gives the same items for the same bytes', () => {
    const bytes = toBytes([messaging(textFromLan('m_1'), { ...fromLan, message: {} }), page({})]);
    expect(parseDelivery(bytes)).toEqual(parseDelivery(bytes));
  });

  test('without any time takes the time of its receipt', () => {
    const { timestamp: _, ...item } = { ...fromLan, message: { mid: 'm_1', text: 'Chào' } };
    const bytes = toBytes({ object: 'page', entry: [{ id: PAGE, messaging: [item] }] });
    expect(parseDelivery(bytes, AT)).toMatchObject([{ outcome: { fact: { occurredAt: AT } } }]);
    expect(parseDelivery(bytes)).toMatchObject([
      { outcome: { error: 'The message gives no time.' } },
    ]);
  });

  test('keeps its prototype whatever its keys are called', () => {
    const text = `{"object":"page","__proto__":{"entry":[1]},"entry":[{"id":"${PAGE}","__proto__":{"x":1},
      "messaging":[{"__proto__":{"message":{"mid":"m_1"}},"constructor":{"prototype":{}}}]}]}`;
    expect(outcomesOf(text)).toEqual([ignored('other'), ignored('constructor')]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test('nested a hundred thousand times, with a long number, hurts nobody', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const text = `{"object":"page","entry":[{"id":"${PAGE}","time":${AT},"messaging":[
      {"sender":{"id":${LAN}},"recipient":{"id":"${PAGE}"},"message":{"mid":"m_1","text":"a","x":${deep}}}]}]}`;
    expect(outcomesOf(text)).toMatchObject([{ fact: { type: 'message', customer: LAN } }]);
  });
});
