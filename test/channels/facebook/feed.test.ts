import { describe, expect, test } from 'vitest';
import type { Fact } from '#channels/channel.ts';
import { PAGE, outcomesOf } from '../bodies.ts';

const POST = `${PAGE}_500`;
const SENT = 1_767_225_600;
const asa = { id: '900000000000001', name: 'Åsa Öberg' };
const comment = {
  item: 'comment',
  verb: 'add',
  comment_id: '500_700',
  post_id: POST,
  parent_id: POST,
  from: asa,
  created_time: SENT - 1,
  message: 'How much?',
};

function feed(value: object) {
  const entry = { id: PAGE, time: SENT, changes: [{ field: 'feed', value }] };
  return outcomesOf({ object: 'page', entry: [entry] });
}

describe('a comment', () => {
  test.for<[string, object, Partial<Fact>]>([
    [
      'under a post is the customer’s',
      comment,
      {
        type: 'comment',
        customer: asa.id,
        isAuthorHidden: false,
        name: 'Åsa Öberg',
        username: null,
        post: { id: POST, text: null, permalink: null },
        mid: '500_700',
        parent: null,
        text: 'How much?',
        attachments: [],
        occurredAt: (SENT - 1) * 1_000,
      },
    ],
    [
      'that answers another stands under it',
      { ...comment, comment_id: '500_701', parent_id: '500_700' },
      { type: 'comment', mid: '500_701', parent: '500_700' },
    ],
    [
      'whose parent is the post without the Page’s id is a top-level one',
      { ...comment, parent_id: '500' },
      { type: 'comment', parent: null },
    ],
    ['without a parent is a top-level one', { ...comment, parent_id: undefined }, { parent: null }],
    [
      'tells the post’s address and words where they come with it',
      {
        ...comment,
        post: { id: POST, permalink_url: 'https://www.facebook.com/p', message: 'New!' },
      },
      { post: { id: POST, text: 'New!', permalink: 'https://www.facebook.com/p' } },
    ],
    [
      'with a photo and a video has both attached',
      { ...comment, photo: 'https://x/p.jpg', video: 'https://x/v.mp4' },
      {
        attachments: [
          { kind: 'image', url: 'https://x/p.jpg', title: null },
          { kind: 'video', url: 'https://x/v.mp4', title: null },
        ],
      },
    ],
    [
      'with nothing in it is one that apps may not see',
      { ...comment, message: undefined },
      { text: null, attachments: [{ kind: 'unsupported', url: null, title: null }] },
    ],
    [
      'whose author Meta hides is nobody’s but its own',
      { ...comment, from: undefined },
      { type: 'comment', customer: 'comment:500_700', isAuthorHidden: true, name: null },
    ],
    [
      'with numeric ids keeps their digits',
      { ...comment, from: { id: 900000000000001 }, comment_id: '500_700' },
      { customer: asa.id, name: null },
    ],
    [
      'without a time takes the entry’s',
      { ...comment, created_time: undefined },
      { occurredAt: SENT * 1_000 },
    ],
    [
      'by the Page is its own, with whom it tags',
      {
        ...comment,
        comment_id: '500_702',
        parent_id: '500_700',
        from: { id: PAGE, name: 'Shop' },
        message: '9 €',
        message_tags: [{ id: asa.id, name: 'Åsa Öberg' }, {}],
      },
      { type: 'own_comment', mid: '500_702', parent: '500_700', text: '9 €', tagged: [asa.id] },
    ],
  ])('%s', ([, value, fact]) => {
    expect(feed(value)).toMatchObject([{ fact }]);
  });

  test.for<[string, object, Fact]>([
    [
      'edited has the words and the second of the edit',
      { ...comment, verb: 'edited', message: 'How much is it?', edited_time: SENT + 5 },
      { type: 'edited', customer: null, mid: '500_700', text: 'How much is it?', editNo: SENT + 5 },
    ],
    [
      'edited without a time of its own takes the entry’s',
      { ...comment, verb: 'edited' },
      { type: 'edited', customer: null, mid: '500_700', text: 'How much?', editNo: SENT },
    ],
    [
      'removed, with its author’s name withheld',
      { ...comment, verb: 'remove', message: undefined, from: { id: asa.id } },
      { type: 'removed', customer: null, mid: '500_700' },
    ],
    [
      'hidden is ignored by its name',
      { ...comment, verb: 'hide' },
      { type: 'ignored', name: 'feed:comment:hide' },
    ],
    [
      'liked is ignored by its name',
      { ...comment, item: 'reaction', reaction_type: 'love' },
      { type: 'ignored', name: 'feed:reaction' },
    ],
  ])('%s', ([, value, fact]) => {
    expect(feed(value)).toEqual([{ fact }]);
  });

  test.for<[string, object, string]>([
    ['without an id', { ...comment, comment_id: undefined }, 'The comment has no id.'],
    ['without a post', { ...comment, post_id: undefined }, 'The post has no id.'],
    [
      'with an endless id',
      { ...comment, comment_id: 'c'.repeat(1_001) },
      'The id of the comment is too long.',
    ],
  ])('%s is an error of its own', ([, value, error]) => {
    expect(feed(value)).toEqual([{ error }]);
  });
});

describe('a post', () => {
  test.for<[string, object]>([
    ['of the Page', { item: 'status', verb: 'add', published: 1, from: { id: PAGE } }],
    ['edited', { item: 'status', verb: 'edited' }],
    ['of a visitor', { item: 'post', verb: 'add', from: asa }],
  ])('%s is remembered', ([, value]) => {
    expect(feed({ ...value, post_id: POST, message: 'New!' })).toEqual([
      { fact: { type: 'post', id: POST, text: 'New!', permalink: null } },
    ]);
  });

  test.for(['post', 'status', 'photo'])('removed (%s) takes its comments with it', (item) => {
    expect(feed({ item, verb: 'remove', post_id: POST })).toEqual([
      { fact: { type: 'post_removed', id: POST } },
    ]);
  });

  test('hidden is ignored by its name', () => {
    expect(feed({ item: 'post', verb: 'hide', post_id: POST })).toEqual([
      { fact: { type: 'ignored', name: 'feed:post' } },
    ]);
  });

  test('removed without its id is an error of its own', () => {
    expect(feed({ item: 'post', verb: 'remove' })).toEqual([{ error: 'The post has no id.' }]);
  });
});
