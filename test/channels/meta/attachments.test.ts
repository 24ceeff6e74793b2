import { describe, expect, test } from 'vitest';
import type { Attachment } from '#channels/channel.ts';
import { readAttachments } from '#channels/meta/attachments.ts';

const LIKE = 369239263222822;
const url = 'https://scontent.example/like.png';
const sticker: Attachment = { kind: 'sticker', url, title: null };
const bare = (kind: string): Attachment => ({ kind, url: null, title: null });

describe('attachments', () => {
  test.for<[string, unknown, Attachment[]]>([
    ['of none', undefined, []],
    ['that are no list', 'x', []],
    ['with something that is no object', [null, 5, 'x'], []],
    ['image', [{ type: 'image', payload: { url } }], [{ kind: 'image', url, title: null }]],
    ['file without payload', [{ type: 'file' }], [bare('file')]],
    ['of no type', [{ payload: { url } }], [{ kind: 'unknown', url, title: null }]],
    [
      'link with payload null',
      [{ type: 'fallback', title: 'Tin', url, payload: null }],
      [{ kind: 'fallback', url, title: 'Tin' }],
    ],
    [
      'link with payload a text',
      [{ type: 'fallback', title: 'Tin', URL: url, payload: 'old' }],
      [{ kind: 'fallback', url, title: 'Tin' }],
    ],
    [
      'location',
      [{ type: 'location', payload: { coordinates: { lat: 10.77, long: 106.7 } } }],
      [{ kind: 'location', url: null, title: '10.77, 106.7' }],
    ],
    [
      'location with a title',
      [{ type: 'location', title: 'Chợ', payload: { coordinates: { lat: 1, long: 2 } } }],
      [{ kind: 'location', url: null, title: 'Chợ' }],
    ],
    [
      'location without coordinates',
      [{ type: 'location', payload: { coordinates: { lat: 'x' } } }],
      [bare('location')],
    ],
    [
      'template of a product',
      [{ type: 'template', payload: { product: { elements: [{ title: 'Áo' }] } } }],
      [{ kind: 'template', url: null, title: 'Áo' }],
    ],
    [
      'template of cards',
      [{ type: 'template', payload: { elements: [{ title: 'Áo' }] } }],
      [{ kind: 'template', url: null, title: 'Áo' }],
    ],
    [
      'reel',
      [{ type: 'reel', payload: { url, title: 'Clip', reel_video_id: '1' } }],
      [{ kind: 'reel', url, title: 'Clip' }],
    ],
    ['sticker alone', [{ type: 'sticker', payload: { url, sticker_id: LIKE } }], [sticker]],
    [
      'sticker in the old form, as an image',
      [{ type: 'image', payload: { url, sticker_id: LIKE } }],
      [sticker],
    ],
    [
      'sticker sent as both',
      [
        { type: 'image', payload: { url, sticker_id: LIKE } },
        { type: 'sticker', payload: { url, sticker_id: LIKE } },
      ],
      [sticker],
    ],
    [
      'sticker sent as both, the other way round',
      [
        { type: 'sticker', payload: { url, sticker_id: LIKE } },
        { type: 'image', payload: { url, sticker_id: LIKE } },
      ],
      [sticker],
    ],
    [
      'sticker known by its address only',
      [
        { type: 'image', payload: { url } },
        { type: 'sticker', payload: { url } },
      ],
      [sticker],
    ],
    [
      'two images of one address',
      [
        { type: 'image', payload: { url } },
        { type: 'image', payload: { url } },
      ],
      [
        { ...sticker, kind: 'image' },
        { ...sticker, kind: 'image' },
      ],
    ],
  ])('%s', ([, attachments, expected]) => {
    expect(readAttachments({ attachments })).toEqual(expected);
  });

  test('a sticker that only the message names', () => {
    expect(readAttachments({ sticker_id: LIKE })).toEqual([bare('sticker')]);
  });
});
