import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { sign, verifySignature } from '#channels/signature.ts';

const body = Buffer.from('{"object":"page","text":"Ch\\u00e0o\\/"}');
const good = sign(body, 'first');

describe('a signature', () => {
  test('is the HMAC-SHA256 of the raw bytes in lower-case hex', () => {
    const hex = createHmac('sha256', 'first').update(body).digest('hex');
    expect(good).toBe(`sha256=${hex}`);
  });

  test.for<[string, string | undefined, string[], boolean]>([
    ['is accepted with the right secret', good, ['first'], true],
    ['is accepted with the second of two secrets', sign(body, 'second'), ['first', 'second'], true],
    ['is accepted with its prefix and hex in capitals', good.toUpperCase(), ['first'], true],
    ['is refused when missing', undefined, ['first'], false],
    ['is refused when empty', '', ['first'], false],
    ['is refused with another secret', sign(body, 'other'), ['first'], false],
    ['is refused without any secret', good, [], false],
    ['is refused when made with an empty secret', sign(body, ''), [''], false],
    ['is refused without its prefix', good.slice('sha256='.length), ['first'], false],
    ['is refused with the prefix of SHA-1', good.replace('sha256', 'sha1'), ['first'], false],
    ['is refused with the prefix alone', 'sha256=', ['first'], false],
    ['is refused with an odd number of digits', good.slice(0, -1), ['first'], false],
    ['is refused when too short', good.slice(0, -2), ['first'], false],
    ['is refused when too long', `${good}00`, ['first'], false],
    ['is refused when not hex', `sha256=${'z'.repeat(64)}`, ['first'], false],
    ['is refused with something before it', ` ${good}`, ['first'], false],
    ['is refused with something behind it', `${good}, x`, ['first'], false],
    ['is refused with a line break behind it', `${good}\n`, ['first'], false],
  ])('%s', ([, header, secrets, isValid]) => {
    expect(verifySignature(body, header, secrets)).toBe(isValid);
  });

  test('does not fit the same JSON in other bytes', () => {
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    expect(verifySignature(rewritten, good, ['first'])).toBe(false);
  });
});
