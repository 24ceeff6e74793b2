import { describe, expect, test } from 'vitest';
import type { Fact } from '#channels/channel.ts';
import { AT, LAN, PAGE, fromLan, fromPage, messaging, outcomesOf } from '../bodies.ts';

type Case = [sentence: string, item: object, fact: Partial<Fact>];

const lan = { customer: LAN, occurredAt: AT };
const unsupported = [{ kind: 'unsupported', url: null, title: null }];

describe('a message', () => {
  test.for<Case>([
    [
      'of text is the customer’s',
      { ...fromLan, message: { mid: 'm_1', text: 'Chào' } },
      { type: 'message', ...lan, mid: 'm_1', text: 'Chào', attachments: [] },
    ],
    [
      'keeps line breaks and emoji',
      { ...fromLan, message: { mid: 'm_1', text: 'a\nb 👍🏽' } },
      { type: 'message', text: 'a\nb 👍🏽' },
    ],
    [
      'loses NUL and lone surrogates',
      { ...fromLan, message: { mid: 'm_1', text: 'a\0b\uDC00' } },
      { type: 'message', text: 'a\uFFFDb\uFFFD' },
    ],
    [
      'by quick reply has the words of the button',
      { ...fromLan, message: { mid: 'm_1', text: 'Size M', quick_reply: { payload: 'M' } } },
      { type: 'message', text: 'Size M' },
    ],
    [
      'that came through an ad is a message like another',
      {
        ...fromLan,
        message: { mid: 'm_1', text: 'Hi', referral: { source: 'ADS' }, reply_to: { mid: 'm_0' } },
      },
      { type: 'message', text: 'Hi' },
    ],
    [
      'of attachments alone has no text',
      {
        ...fromLan,
        message: {
          mid: 'm_1',
          attachments: [{ type: 'image', payload: { url: 'https://x/a.jpg' } }],
        },
      },
      {
        type: 'message',
        text: null,
        attachments: [{ kind: 'image', url: 'https://x/a.jpg', title: null }],
      },
    ],
    [
      'that apps may not see says so',
      { ...fromLan, message: { mid: 'm_1', is_unsupported: true } },
      { type: 'message', text: null, attachments: unsupported },
    ],
    [
      'with nothing in it is one that apps may not see',
      { ...fromLan, message: { mid: 'm_1' } },
      { type: 'message', text: null, attachments: unsupported },
    ],
    [
      'taken back is removed',
      { ...fromLan, message: { mid: 'm_1', is_deleted: true } },
      { type: 'removed', customer: LAN, mid: 'm_1' },
    ],
    [
      'with a numeric sender keeps its id',
      { ...fromLan, sender: { id: 200000000000001 }, message: { mid: 'm_1', text: 'a' } },
      { type: 'message', customer: '200000000000001' },
    ],
    [
      'with a time in seconds',
      { ...fromLan, timestamp: '1767225600', message: { mid: 'm_1', text: 'a' } },
      { type: 'message', occurredAt: 1_767_225_600_000 },
    ],
    [
      'without a time takes the entry’s',
      { ...fromLan, timestamp: undefined, message: { mid: 'm_1', text: 'a' } },
      { type: 'message', occurredAt: AT + 400 },
    ],
  ])('%s', ([, item, fact]) => {
    expect(outcomesOf(messaging(item))).toMatchObject([{ fact }]);
  });
});

describe('an echo', () => {
  const message = { mid: 'm_2', text: 'Còn ạ', is_echo: true };
  test.for<Case>([
    [
      'names app and metadata',
      { ...fromPage, message: { ...message, app_id: 1517776481860111, metadata: '0198-uuid' } },
      {
        type: 'echo',
        ...lan,
        mid: 'm_2',
        text: 'Còn ạ',
        appId: '1517776481860111',
        metadata: '0198-uuid',
      },
    ],
    [
      'of Meta’s inbox may name nobody',
      { ...fromPage, message },
      { type: 'echo', customer: LAN, appId: null, metadata: null },
    ],
    [
      'with sender and recipient not swapped still names the customer',
      { ...fromLan, message },
      { type: 'echo', customer: LAN },
    ],
    [
      'is known by its sender when the mark is missing',
      { ...fromPage, message: { mid: 'm_2', text: 'Còn ạ' } },
      { type: 'echo', customer: LAN },
    ],
    [
      'taken back is removed',
      { ...fromPage, message: { mid: 'm_2', is_echo: true, is_deleted: true } },
      { type: 'removed', customer: LAN, mid: 'm_2' },
    ],
    [
      'carries attachments',
      {
        ...fromPage,
        message: {
          mid: 'm_2',
          is_echo: true,
          attachments: [{ type: 'template', title: 'Váy', url: null, payload: {} }],
        },
      },
      { type: 'echo', text: null, attachments: [{ kind: 'template', url: null, title: 'Váy' }] },
    ],
  ])('%s', ([, item, fact]) => {
    expect(outcomesOf(messaging(item))).toMatchObject([{ fact }]);
  });

  test('keeps the digits of a bare app id beyond 2^53', () => {
    const body = JSON.stringify(messaging({ ...fromPage, message: { ...message, app_id: 'N' } }));
    expect(outcomesOf(body.replace('"N"', '184719329217930001'))).toMatchObject([
      { fact: { type: 'echo', appId: '184719329217930001' } },
    ]);
  });
});

describe('what becomes of a message', () => {
  test.for<Case>([
    [
      'delivered by mid and watermark',
      { ...fromLan, delivery: { mids: ['m_2', 5, ''], watermark: AT } },
      { type: 'delivered', customer: LAN, watermark: AT, mids: ['m_2'] },
    ],
    [
      'delivered by watermark alone, in quotes',
      { ...fromLan, delivery: { watermark: String(AT) } },
      { type: 'delivered', watermark: AT, mids: [] },
    ],
    [
      'read up to a watermark',
      { ...fromLan, read: { watermark: AT } },
      { type: 'read', customer: LAN, watermark: AT, mid: null },
    ],
    [
      'read up to a message',
      { ...fromLan, read: { mid: 'm_2' } },
      { type: 'read', watermark: null, mid: 'm_2' },
    ],
    [
      'read by the Page itself',
      { ...fromPage, read: { watermark: AT } },
      { type: 'ignored', name: 'own_read' },
    ],
    [
      'edited',
      { ...fromLan, message_edit: { mid: 'm_1', text: 'Size L', num_edit: 2 } },
      { type: 'edited', customer: LAN, mid: 'm_1', text: 'Size L', editNo: 2 },
    ],
    [
      'edited with the number in quotes and no text',
      { ...fromLan, message_edit: { mid: 'm_1', text: null, num_edit: '3' } },
      { type: 'edited', text: null, editNo: 3 },
    ],
    [
      'edited without a usable number',
      { ...fromLan, message_edit: { mid: 'm_1', text: 'a', num_edit: 'x' } },
      { type: 'edited', editNo: 0 },
    ],
    [
      'reacted to',
      { ...fromLan, reaction: { mid: 'm_2', action: 'react', reaction: 'love', emoji: '❤️' } },
      { type: 'reaction', ...lan, mid: 'm_2', reaction: '❤️' },
    ],
    [
      'reacted to without an emoji',
      { ...fromLan, reaction: { mid: 'm_2', action: 'react', reaction: 'wow' } },
      { type: 'reaction', reaction: 'wow' },
    ],
    [
      'reaction taken back',
      { ...fromLan, reaction: { mid: 'm_2', action: 'unreact', emoji: '❤️' } },
      { type: 'reaction', reaction: null },
    ],
    [
      'reacted to by the Page itself',
      { ...fromPage, reaction: { mid: 'm_1', action: 'react', emoji: '❤️' } },
      { type: 'ignored', name: 'own_reaction' },
    ],
  ])('%s', ([, item, fact]) => {
    expect(outcomesOf(messaging(item))).toMatchObject([{ fact }]);
  });
});

describe('a pressed button', () => {
  const press = (postback: object, timestamp: number = AT) => ({ ...fromLan, timestamp, postback });
  const midOf = (item: object) =>
    outcomesOf(messaging(item)).map((o) => 'fact' in o && 'mid' in o.fact && o.fact.mid)[0];

  test('is a message with its words', () => {
    const item = press({ mid: 'm_4', title: 'Bắt đầu', payload: 'GET_STARTED' });
    expect(outcomesOf(messaging(item))).toMatchObject([
      { fact: { type: 'message', ...lan, mid: 'm_4', text: 'Bắt đầu', attachments: [] } },
    ]);
  });

  test('without a title shows its payload', () => {
    expect(outcomesOf(messaging(press({ mid: 'm_4', payload: 'GET_STARTED' })))).toMatchObject([
      { fact: { text: 'GET_STARTED' } },
    ]);
  });

  test('without a mid has one key for the same press and others for others', () => {
    const key = midOf(press({ title: 'A', payload: 'a' }));
    expect(key).toMatch(new RegExp(`^postback:${LAN}:${AT}:[0-9a-f]{16}$`));
    expect(midOf(press({ title: 'A', payload: 'a' }))).toBe(key);
    expect(midOf(press({ title: 'A', payload: 'b' }))).not.toBe(key);
    expect(midOf(press({ title: 'A', payload: 'a' }, AT + 1))).not.toBe(key);
  });
});

describe('an item', () => {
  test.for<[string, object, string]>([
    ['of a referral', { ...fromLan, referral: { ref: 'x' } }, 'referral'],
    ['of an opt-in without sender', { recipient: { id: PAGE }, optin: { user_ref: 'r' } }, 'optin'],
    ['of control passed on', { ...fromLan, pass_thread_control: {} }, 'pass_thread_control'],
    [
      'of a policy',
      { recipient: { id: PAGE }, policy_enforcement: { action: 'block' } },
      'policy_enforcement',
    ],
    [
      'of a policy with a hyphen',
      { recipient: { id: PAGE }, 'policy-enforcement': { action: 'block' } },
      'policy-enforcement',
    ],
    [
      'of an account linked',
      { ...fromLan, account_linking: { status: 'linked' } },
      'account_linking',
    ],
    ['of a request accepted', { ...fromLan, message_request: 'accept' }, 'message_request'],
    [
      'of a group',
      { from: { id: '5', name: 'Lan' }, group_id: '7', comment_id: '8' },
      'group_feed',
    ],
    [
      'from a guest',
      { ...fromLan, sender: { user_ref: 'r' }, message: { mid: 'm_1', text: 'a' } },
      'user_ref',
    ],
    [
      'to a guest',
      { ...fromPage, recipient: { user_ref: 'r' }, message: { mid: 'm_1', is_echo: true } },
      'user_ref',
    ],
    ['of something new', { ...fromLan, new_thing: {} }, 'new_thing'],
  ])('%s is ignored by its name', ([, item, name]) => {
    expect(outcomesOf(messaging(item))).toEqual([{ fact: { type: 'ignored', name } }]);
  });

  test.for<[string, unknown, string]>([
    ['that is no object', 'x', 'The messaging item is not an object.'],
    ['that is empty', {}, 'The messaging item says nothing of what happened.'],
    ['with only parties', fromLan, 'The messaging item says nothing of what happened.'],
    [
      'whose message is null',
      { ...fromLan, message: null },
      'The messaging item says nothing of what happened.',
    ],
    ['whose message is a text', { ...fromLan, message: 'a' }, 'The message is not an object.'],
    ['whose message is empty', { ...fromLan, message: {} }, 'The message has no mid.'],
    [
      'whose mid is empty',
      { ...fromLan, message: { mid: '', text: 'a' } },
      'The message has no mid.',
    ],
    [
      'whose mid is a number',
      { ...fromLan, message: { mid: 7, text: 'a' } },
      'The mid of the message is not a string.',
    ],
    [
      'whose mid is a list',
      { ...fromLan, message: { mid: ['m'], text: 'a' } },
      'The mid of the message is not a string.',
    ],
    [
      'whose mid is endless',
      { ...fromLan, message: { mid: 'm'.repeat(1_001) } },
      'The mid of the message is too long.',
    ],
    [
      'without sender',
      { recipient: { id: PAGE }, timestamp: AT, message: { mid: 'm_1' } },
      'The message names no customer.',
    ],
    [
      'from the Page to itself',
      { ...fromPage, recipient: { id: PAGE }, message: { mid: 'm_1' } },
      'The message names no customer.',
    ],
    [
      'of a delivery of nothing',
      { ...fromLan, delivery: {} },
      'The delivery has neither a watermark nor mids.',
    ],
    [
      'of a read of nothing',
      { ...fromLan, read: {} },
      'The read has neither a watermark nor a mid.',
    ],
    [
      'of a reaction to nothing',
      { ...fromLan, reaction: { action: 'react' } },
      'The reaction has no mid.',
    ],
    [
      'of an edit of nothing',
      { ...fromLan, message_edit: { text: 'a' } },
      'The message_edit has no mid.',
    ],
  ])('%s is an error of its own', ([, item, error]) => {
    expect(outcomesOf(messaging(item))).toEqual([{ error }]);
  });

  test('of an entry without id is an error', () => {
    const body = {
      object: 'page',
      entry: [{ time: AT, messaging: [{ ...fromLan, message: { mid: 'm' } }] }],
    };
    expect(outcomesOf(body)).toEqual([{ error: 'The entry names no account.' }]);
  });

  test('with several keys gives each, a bad one beside good ones', () => {
    const item = {
      ...fromLan,
      reaction: { mid: 'm_2', emoji: '👍' },
      read: { watermark: AT },
      message_edit: {},
      prior_message: { source: 'x' },
    };
    expect(outcomesOf(messaging(item))).toMatchObject([
      { fact: { type: 'reaction' } },
      { fact: { type: 'read' } },
      { error: 'The message_edit has no mid.' },
    ]);
  });
});
