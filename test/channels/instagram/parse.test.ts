import { describe, expect, test } from 'vitest';
import type { Fact } from '#channels/channel.ts';
import { outcomesOf } from '../bodies.ts';

const ACCOUNT = '17841400000000001';
const ASA = '300000000000001';
const AT = 1_767_225_600_123;
const SENT = 1_767_225_600;

const fromAsa = { sender: { id: ASA }, recipient: { id: ACCOUNT }, timestamp: AT };
const fromAccount = { sender: { id: ACCOUNT }, recipient: { id: ASA }, timestamp: AT };
const entry = (more: object) => ({ object: 'instagram', entry: [{ id: ACCOUNT, ...more }] });
const messaging = (item: object) => outcomesOf(entry({ time: AT + 400, messaging: [item] }));

describe('a message on Instagram', () => {
  test.for<[string, object, Partial<Fact>]>([
    [
      'of text is the customer’s',
      { ...fromAsa, message: { mid: 'aWdf1', text: 'Hi' } },
      { type: 'message', customer: ASA, mid: 'aWdf1', text: 'Hi', attachments: [], occurredAt: AT },
    ],
    [
      'echoed is the account’s, and names no app',
      { ...fromAccount, message: { mid: 'aWdf2', text: 'Hello!', is_echo: true } },
      { type: 'echo', customer: ASA, mid: 'aWdf2', text: 'Hello!', appId: null, metadata: null },
    ],
    [
      'taken back is removed',
      { ...fromAsa, message: { mid: 'aWdf1', is_deleted: true } },
      { type: 'removed', customer: ASA, mid: 'aWdf1' },
    ],
    [
      'that apps may not see says so',
      { ...fromAsa, message: { mid: 'aWdf3', is_unsupported: true } },
      { text: null, attachments: [{ kind: 'unsupported', url: null, title: null }] },
    ],
    [
      'of a story mention',
      {
        ...fromAsa,
        message: {
          mid: 'aWdf4',
          attachments: [{ type: 'story_mention', payload: { url: 'https://x/s' } }],
        },
      },
      { text: null, attachments: [{ kind: 'story_mention', url: 'https://x/s', title: null }] },
    ],
    [
      'that answers a story brings the story along',
      {
        ...fromAsa,
        message: {
          mid: 'aWdf5',
          text: '🔥',
          reply_to: { story: { id: '1790', url: 'https://x/s' } },
        },
      },
      { text: '🔥', attachments: [{ kind: 'story_reply', url: 'https://x/s', title: null }] },
    ],
    [
      'to be seen once has a kind and nothing else',
      { ...fromAsa, message: { mid: 'aWdf7', attachments: [{ type: 'ephemeral' }] } },
      { attachments: [{ kind: 'ephemeral', url: null, title: null }] },
    ],
    [
      'of a shared post has its title',
      {
        ...fromAsa,
        message: {
          mid: 'aWdf8',
          attachments: [
            {
              type: 'ig_post',
              payload: { ig_post_media_id: '1795', title: 'New in', url: 'https://x/p' },
            },
          ],
        },
      },
      { attachments: [{ kind: 'ig_post', url: 'https://x/p', title: 'New in' }] },
    ],
    [
      'to oneself is ignored',
      {
        ...fromAccount,
        recipient: { id: ACCOUNT },
        message: { mid: 'aWdf0', is_self: true, text: 'a' },
      },
      { type: 'ignored', name: 'is_self' },
    ],
    [
      'seen',
      { ...fromAsa, read: { mid: 'aWdf2' } },
      { type: 'read', watermark: null, mid: 'aWdf2' },
    ],
    [
      'edited',
      { ...fromAsa, message_edit: { mid: 'aWdf1', text: 'Hi!', num_edit: 1 } },
      { type: 'edited', customer: ASA, mid: 'aWdf1', text: 'Hi!', editNo: 1 },
    ],
    [
      'reacted to',
      { ...fromAsa, reaction: { mid: 'aWdf2', action: 'react', reaction: 'love', emoji: '❤' } },
      { type: 'reaction', customer: ASA, reaction: '❤' },
    ],
    [
      'by button',
      { ...fromAsa, postback: { mid: 'aWdf9', title: 'Opening hours', payload: 'HOURS' } },
      { type: 'message', mid: 'aWdf9', text: 'Opening hours' },
    ],
  ])('%s', ([, item, fact]) => {
    expect(messaging(item)).toMatchObject([{ fact }]);
  });
});

describe('a comment on Instagram', () => {
  const value = {
    id: '18000000000000001',
    text: 'Price?',
    from: { id: ASA, username: 'asa.o' },
    media: { id: '1795', media_product_type: 'FEED' },
  };
  const comment: Partial<Fact> = {
    type: 'comment',
    customer: ASA,
    isAuthorHidden: false,
    name: 'asa.o',
    username: 'asa.o',
    post: { id: '1795', text: null, permalink: null },
    mid: '18000000000000001',
    parent: null,
    text: 'Price?',
    occurredAt: SENT * 1_000,
  };
  const changed = (value: object) =>
    outcomesOf(entry({ time: SENT, changes: [{ field: 'comments', value }] }));

  test.for<[string, object, Partial<Fact>]>([
    ['is the customer’s', value, comment],
    ['may call its id comment_id', { ...value, id: undefined, comment_id: value.id }, comment],
    [
      'that answers another stands under it',
      { ...value, parent_id: '180' },
      { ...comment, parent: '180' },
    ],
    [
      'by the account is its own',
      { ...value, from: { id: ACCOUNT, username: 'shop' } },
      { type: 'own_comment', mid: value.id, tagged: [] },
    ],
    [
      'by the account under a scoped id of its own is its own',
      { ...value, from: { id: '9', username: 'shop', self_ig_scoped_id: '3009' } },
      { type: 'own_comment' },
    ],
    [
      'without an author is nobody’s but its own',
      { ...value, from: undefined },
      { customer: `comment:${value.id}`, isAuthorHidden: true, username: null },
    ],
  ])('%s', ([, given, fact]) => {
    expect(changed(given)).toMatchObject([{ fact }]);
  });

  test('may come flat on the entry', () => {
    expect(outcomesOf(entry({ time: SENT, field: 'comments', value }))).toMatchObject([
      { fact: comment },
    ]);
  });

  test.for<[string, object, string]>([
    ['without an id', { ...value, id: undefined }, 'The comment has no id.'],
    ['without its media', { ...value, media: undefined }, 'The post has no id.'],
  ])('%s is an error of its own', ([, given, error]) => {
    expect(changed(given)).toEqual([{ error }]);
  });

  test.for(['live_comments', 'mentions'])('of field %s is ignored by its name', (name) => {
    const changes = [{ field: name, value }];
    expect(outcomesOf(entry({ time: SENT, changes }))).toEqual([
      { fact: { type: 'ignored', name: `instagram:${name}` } },
    ]);
  });
});
