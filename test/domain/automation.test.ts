import { describe, expect, it } from 'vitest';
import {
  decideOnChatMessage,
  decideOnComment,
  decideOnEdit,
  type ChatAutomation,
  type CommentAutomation,
  type CommentRule,
  type NewChatMessage,
  type NewComment,
} from '#domain/automation.ts';

const aRule = (rule: Partial<CommentRule> = {}): CommentRule => ({
  postId: null,
  keywords: [],
  comment: 'Shop đã nhắn bạn ạ',
  privateMessage: null,
  ...rule,
});
const settings = (change: Partial<CommentAutomation> = {}): CommentAutomation => ({
  rules: [],
  hideContacts: false,
  like: false,
  ...change,
});
const aComment = (comment: Partial<NewComment> = {}): NewComment => ({
  author: 'customer',
  place: 'post',
  platform: 'facebook',
  postId: 'p1',
  text: 'Giá bao nhiêu ạ?',
  ...comment,
});
const said = (rules: CommentRule[], comment: Partial<NewComment> = {}) =>
  decideOnComment(settings({ rules }), aComment(comment)).map(({ type, text }) => [type, text]);
const types = (change: Partial<CommentAutomation>, comment: Partial<NewComment> = {}) =>
  decideOnComment(settings(change), aComment(comment)).map(({ type }) => type);

describe('automatic replies to comments (R16)', () => {
  const price = aRule({ keywords: ['giá', 'bao nhiêu'], comment: 'giá' });
  const onPost2 = aRule({ postId: 'p2', comment: 'bài 2' });
  const all = aRule({ comment: 'mọi bài' });

  it.each<[string, CommentRule[], Partial<NewComment>, string | null]>([
    ['a rule for all', [all], {}, 'mọi bài'],
    ['a rule for its post', [onPost2], { postId: 'p2' }, 'bài 2'],
    ['not a rule for another post', [onPost2], { postId: 'p1' }, null],
    ['a rule by its keyword', [price], { text: 'cho hỏi giá' }, 'giá'],
    ['a rule by its other keyword', [price], { text: 'BAO NHIEU tien' }, 'giá'],
    ['not a rule by a part of a word', [price], { text: 'giáo viên' }, null],
    ['not a rule by words that stand apart', [price], { text: 'bao giờ có nhiêu đó' }, null],
    ['the first of two', [price, all], { text: 'giá?' }, 'giá'],
    ['the second where the first is not for it', [price, all], { text: 'đẹp quá' }, 'mọi bài'],
    ['the first in the order of the list', [all, price], { text: 'giá?' }, 'mọi bài'],
    ['a rule for all, where nothing is written', [all], { text: '' }, 'mọi bài'],
    ['a rule among customers', [all], { place: 'customers' }, 'mọi bài'],
    ['nothing to who answers the page', [all], { place: 'page' }, null],
    ['nothing to the page itself', [all], { author: 'page' }, null],
    ['nothing without rules', [], {}, null],
  ])('come from %s', (_what, rules, comment, answer) => {
    const expected = answer === null ? [] : [['comment_reply', answer]];
    expect(said(rules, comment)).toEqual(expected);
  });

  it('answer in public, in private, or both', () => {
    expect(said([aRule({ privateMessage: 'Chào bạn' })])).toEqual([
      ['comment_reply', 'Shop đã nhắn bạn ạ'],
      ['private_reply', 'Chào bạn'],
    ]);
    expect(said([aRule({ comment: null, privateMessage: 'Chào bạn' })])).toEqual([
      ['private_reply', 'Chào bạn'],
    ]);
  });

  it('tell how they came about', () => {
    const rules = [onPost2, aRule({ keywords: ['ship'] }), price, all];
    const [answer] = decideOnComment(settings({ rules }), aComment());
    expect(answer?.trace).toEqual({
      why: 'rule',
      rules: [
        { rule: 0, result: 'another post', keyword: null },
        { rule: 1, result: 'no keyword', keyword: null },
        { rule: 2, result: 'taken', keyword: 'giá' },
      ],
    });
  });
});

describe('an edit of a comment (R16)', () => {
  const all = settings({ rules: [aRule()], hideContacts: true, like: true });

  it.each<[string, CommentAutomation, string, string[]]>([
    ['hides it where it brings a contact', all, 'giá? 0912345678', ['hide']],
    ['does nothing without one', all, 'giá?', []],
    ['does nothing where nothing is hidden', settings({ like: true }), '0912345678', []],
  ])('%s', (_what, given, text, expected) => {
    expect(decideOnEdit(given, text).map(({ type }) => type)).toEqual(expected);
  });
});

describe('comments with a phone number or an e-mail address (R16)', () => {
  const withPhone = { text: 'Gọi mình 0912 345 678 nhé' };

  it('are hidden after they were answered, and liked last', () => {
    const rules = [aRule({ privateMessage: 'Chào bạn' })];
    expect(types({ rules, hideContacts: true, like: true }, withPhone)).toEqual([
      'comment_reply',
      'private_reply',
      'hide',
      'like',
    ]);
  });

  it.each<[string, Partial<NewComment>, string[]]>([
    ['a phone number', withPhone, ['hide']],
    ['an e-mail address', { text: 'lan@example.com' }, ['hide']],
    ['a price', { text: '1.200.000đ có giảm không?' }, []],
    ['a phone number, in answer to the page', { ...withPhone, place: 'page' }, ['hide']],
    ['a phone number, by the page', { ...withPhone, author: 'page' }, []],
  ])('are told from others: %s', (_what, comment, expected) => {
    expect(types({ hideContacts: true }, comment)).toEqual(expected);
  });

  it('stay where hiding is off', () => {
    expect(types({}, withPhone)).toEqual([]);
  });
});

describe('automatic likes (R16)', () => {
  it.each<[Partial<NewComment>, string[]]>([
    [{ platform: 'facebook' }, ['like']],
    [{ platform: 'instagram' }, []],
    [{ author: 'page' }, []],
  ])('for %j: %j', (comment, expected) => {
    expect(types({ like: true }, comment)).toEqual(expected);
  });
});

describe('away and first-contact messages (R66)', () => {
  const both: ChatAutomation = {
    away: { on: true, text: 'Shop mở cửa lúc 8 giờ' },
    firstContact: { on: true, text: 'Chào bạn' },
  };
  const aMessage = (message: Partial<NewChatMessage> = {}): NewChatMessage => ({
    isFirstEver: false,
    startsWait: true,
    isOpenNow: false,
    wasToldAway: false,
    ...message,
  });

  it.each<[string, Partial<NewChatMessage>, string[]]>([
    ['away at the beginning of a wait', {}, ['away']],
    ['nothing while the business is open', { isOpenNow: true }, []],
    ['nothing later in the wait', { startsWait: false }, []],
    ['nothing a second time in a round', { wasToldAway: true }, []],
    [
      'welcome to who writes for the first time',
      { isFirstEver: true, isOpenNow: true },
      ['first_contact'],
    ],
    ['welcome, then away', { isFirstEver: true }, ['first_contact', 'away']],
  ])('say %s', (_what, message, expected) => {
    expect(decideOnChatMessage(both, aMessage(message)).map(({ type }) => type)).toEqual(expected);
  });

  it('say nothing where they are off', () => {
    const off = {
      away: { ...both.away, on: false },
      firstContact: { ...both.firstContact, on: false },
    };
    expect(decideOnChatMessage(off, aMessage({ isFirstEver: true }))).toEqual([]);
  });

  it('say what was written for them, and why', () => {
    expect(decideOnChatMessage(both, aMessage({ isFirstEver: true }))).toEqual([
      { type: 'first_contact', text: 'Chào bạn', trace: { why: 'first contact', rules: [] } },
      {
        type: 'away',
        text: 'Shop mở cửa lúc 8 giờ',
        trace: { why: 'outside business hours', rules: [] },
      },
    ]);
  });
});
