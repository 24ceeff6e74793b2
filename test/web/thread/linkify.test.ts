import { expect, test } from 'vitest';
import { safeHref, toPieces } from '#lib/thread/linkify.ts';

test.each([
  ['Xem https://shop.example/a?b=1.', ['https://shop.example/a?b=1']],
  [
    '(see https://a.example/x_(y)), or www.b.example!',
    ['https://a.example/x_(y)', 'https://www.b.example'],
  ],
  ['no address here: a.b@c', []],
  ['javascript:alert(1) and data:text/html,x', []],
  ['<a href="https://a.example/">', ['https://a.example/']],
])('finds the addresses in %s', (text, hrefs) => {
  const pieces = toPieces(text);
  expect(pieces.flatMap(({ href }) => href ?? [])).toEqual(hrefs);
  expect(pieces.map((piece) => piece.text).join('')).toBe(text);
});

test.each([
  ['https://cdn.example/a.png', 'https://cdn.example/a.png'],
  ['javascript:alert(1)', null],
  ['data:text/html,x', null],
  ['not an address', null],
  [null, null],
])('a link may lead to %s: %s', (address, href) => {
  expect(safeHref(address)).toBe(href);
});
