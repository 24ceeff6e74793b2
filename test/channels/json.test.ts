import { describe, expect, test } from 'vitest';
import { asId, asInstant, asText, field, parseLossless } from '#channels/json.ts';

describe('JSON from outside', () => {
  test.for<[string, string, unknown]>([
    [
      'keeps the digits of a long bare number',
      '{"id":12345678901234567890}',
      { id: '12345678901234567890' },
    ],
    ['keeps them at the top level of a list', '[ 9007199254740993]', ['9007199254740993']],
    ['keeps a negative one', '{"a":-12345678901234567}', { a: '-12345678901234567' }],
    [
      'leaves shorter numbers alone',
      '{"t":1767225600123,"x":12345678901234567}',
      { t: 1767225600123, x: '12345678901234567' },
    ],
    [
      'leaves digits inside strings alone',
      '{"a":"x\\": 12345678901234567","b":12345678901234567}',
      { a: 'x": 12345678901234567', b: '12345678901234567' },
    ],
    [
      'leaves long fractions alone',
      '{"lat":10.1234567890123456789,"x":12345678901234567}',
      { lat: 10.12345678901234567, x: '12345678901234567' },
    ],
    [
      'leaves exponents alone',
      '{"a":1e0000000000000000,"b":1E+0000000000000001,"x":12345678901234567}',
      { a: 1, b: 10, x: '12345678901234567' },
    ],
  ])('%s', ([, text, value]) => {
    expect(parseLossless(text)).toEqual(value);
  });

  test.for<[string, unknown, string | null]>([
    ['a string is an id', '123', '123'],
    ['a number is an id', 123, '123'],
    ['an empty string is none', '', null],
    ['a fraction is none', 1.5, null],
    ['an object is none', { id: 1 }, null],
    ['a lossy number is none', 2 ** 60, null],
  ])('%s', ([, value, id]) => {
    expect(asId(value)).toBe(id);
  });

  test.for<[string, unknown, string | null]>([
    ['NUL becomes U+FFFD', 'a\0b', 'a\uFFFDb'],
    ['a lone surrogate becomes U+FFFD', 'a\uD83Db', 'a\uFFFDb'],
    ['a whole emoji stays', '👍🏽', '👍🏽'],
    ['a number is no text', 5, null],
    ['nothing is no text', '', null],
  ])('%s', ([, value, text]) => {
    expect(asText(value)).toBe(text);
  });

  test.for<[string, unknown, number | null]>([
    ['milliseconds', 1_767_225_600_123, 1_767_225_600_123],
    ['seconds', 1_767_225_600, 1_767_225_600_000],
    ['milliseconds in quotes', '1767225600123', 1_767_225_600_123],
    ['seconds in quotes', '1527459824', 1_527_459_824_000],
    ['ISO 8601 with a zone without colon', '2021-09-08T06:34:04+0000', 1_631_082_844_000],
    ['ISO 8601 with another zone', '2021-09-08T13:34:04+07:00', 1_631_082_844_000],
    ['ISO 8601 before 1973', '1971-01-01T00:00:00Z', 31_536_000_000],
    ['nothing', undefined, null],
    ['zero', 0, null],
    ['a negative number', -5, null],
    ['a time beyond 2100', 9e15, null],
    ['words', 'yesterday', null],
    ['a date without a time', '2021-09-08', null],
    ['an object', {}, null],
    ['infinity', Number.POSITIVE_INFINITY, null],
  ])('time from %s', ([, value, instant]) => {
    expect(asInstant(value)).toBe(instant);
  });

  test('finds nothing that the object does not hold itself', () => {
    expect(field({}, 'toString')).toBeUndefined();
    expect(field(JSON.parse('{"__proto__":{"a":1}}'), 'a')).toBeUndefined();
    expect(field([1], 'length')).toBeUndefined();
    expect(field(null, 'a')).toBeUndefined();
  });
});
