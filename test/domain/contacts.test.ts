import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findContacts, hasContact } from '#domain/contacts.ts';

const valuesIn = (text: string) => findContacts(text).map(({ value }) => value);

describe('R62: a phone number', () => {
  test.for<[string, string, string]>([
    ['of a mobile', 'sđt em 0912345678 ạ', '+84912345678'],
    ['with spaces', '0912 345 678', '+84912345678'],
    ['with dots', 'Gọi 0912.345.678 nhé.', '+84912345678'],
    ['with dashes', '091-234-5678', '+84912345678'],
    ['with hard spaces', '0912\u00a0345\u00a0678', '+84912345678'],
    ['in pairs', '09.12.34.56.78', '+84912345678'],
    ['digit by digit', 'k0 phải, 0 9 1 2 3 4 5 6 7 8', '+84912345678'],
    ['with its first two apart', '09 1234 5678', '+84912345678'],
    ['with the country', '+84912345678', '+84912345678'],
    ['with the country, apart', '+84 912 345 678', '+84912345678'],
    ['with the country in brackets', '(+84) 912-345-678', '+84912345678'],
    ['with the country and the nought', '+84 (0)912 345 678', '+84912345678'],
    ['with the country and no plus', '84912345678', '+84912345678'],
    ['with the country and no plus, apart', '84 912 345 678', '+84912345678'],
    ['dialled from abroad', '0084 912345678', '+84912345678'],
    ['of a line in Hanoi', '024 3822 1234', '+842438221234'],
    ['of a line in Saigon', '(028) 3822 1234', '+842838221234'],
    ['of a line in a province, without a break', '02363822123', '+842363822123'],
    ['of a line, with the country', '+84 28 3822 1234', '+842838221234'],
    ['of another country', '+1 (202) 555-0123', '+12025550123'],
    ['of another country, without a break', 'WhatsApp +6591234567 2 pcs', '+6591234567'],
    ['close behind the word for it', 'sđt0912345678', '+84912345678'],
    ['close behind another word for it', 'Zalo:0912345678', '+84912345678'],
    ['in the link of a messenger', 'https://zalo.me/0912345678', '+84912345678'],
    ['before a word', '0912345678nha shop', '+84912345678'],
    ['before “k”, which is “no” here', '0912345678 k ạ', '+84912345678'],
    ['before how many are wanted', '0912 345 678 5 cái', '+84912345678'],
    ['behind how many are wanted', 'lấy 2 0912345678', '+84912345678'],
    ['behind a price', '250.000đ, 0912345678', '+84912345678'],
    ['behind the word for ordering', 'lên đơn 0912345678', '+84912345678'],
  ])('%s', ([, text, value]) => {
    expect(findContacts(text)).toEqual([{ kind: 'phone', value }]);
  });

  test.for<[string, string]>([
    ['a price', 'Áo này 1.500.000 ạ?'],
    ['a price in đồng', '250.000đ'],
    ['a price without dots', '1500000'],
    ['a big price', '84.900.000.000đ'],
    ['a big price in words', '84912345678 VND'],
    ['a discount', '+15.000.000 nữa'],
    ['an order’s number', 'Đơn 2039485761'],
    ['an order’s number that begins like a mobile’s', 'Mã đơn hàng: 0912345678'],
    ['a taxpayer’s number', 'MST: 0312345678'],
    ['an account', 'STK 0912345678 Vietcombank'],
    ['a number after #', 'đơn #0912345678'],
    ['a code with letters', 'DH0912345678'],
    ['a part of a longer run', '091234567890'],
    ['a longer run', '9704091234567890123'],
    ['a part of a longer row', '1234.0912345678'],
    ['the beginning of a longer row', '0912.345.678.901'],
    ['one digit too few', '091234567'],
    ['one digit too many', '09123456789'],
    ['a prefix that nobody has', '0112345678'],
    ['a line with too few digits', '0283822123'],
    ['a date with a time', '09-12-2024 10:30'],
    ['a date with a time, in dots', '08.10.2024 15h'],
    ['an id in an address', 'https://shop.vn/p?id=0912345678'],
    ['a page in an address', 'https://shop.vn/sp/0912345678'],
    ['a short number', 'gọi 19001234'],
    ['a sum', '5+12345678'],
    ['numbers on lines of their own', '0912\n345\n678'],
    ['nothing', ''],
  ])('is not %s', ([, text]) => {
    expect(findContacts(text)).toEqual([]);
    expect(hasContact(text)).toBe(false);
  });

  test('is found beside others, each once and in their order', () => {
    const text = '0912345678-0987654321, 0912 345 678/0356789012\n+84 987 654 321 (028)38221234';
    expect(valuesIn(text)).toEqual([
      '+84912345678',
      '+84987654321',
      '+84356789012',
      '+842838221234',
    ]);
    expect(valuesIn('0912345678 0987654321')).toEqual(['+84912345678', '+84987654321']);
    expect(valuesIn('0912 345 678 0987 654 321')).toEqual(['+84912345678', '+84987654321']);
  });
});

describe('R62: an e-mail address', () => {
  test.for<[string, string, string[]]>([
    ['in a sentence', 'Gửi về Lan.Hoa@Gmail.com nhé', ['lan.hoa@gmail.com']],
    ['at the end of a sentence', 'mail em là lan@shop.com.vn.', ['lan@shop.com.vn']],
    ['before a Vietnamese word', 'lan@gmail.com.Ạ', ['lan@gmail.com']],
    ['made of a phone number', '0912345678@gmail.com', ['0912345678@gmail.com']],
    ['with a tag', 'mailto:lan+shop@x-y.io', ['lan+shop@x-y.io']],
    ['twice', 'a@b.vn A@B.VN', ['a@b.vn']],
    ['is not a mention', 'chào @lan.hoa', []],
    ['is not a version', 'svelte@5.57.3', []],
    ['has a domain', 'lan@gmail', []],
  ])('%s', ([, text, values]) => {
    expect(findContacts(text)).toEqual(values.map((value) => ({ kind: 'email', value })));
  });
});

describe('whatever is written', () => {
  const digits = (length: number) =>
    fc.stringMatching(new RegExp(`^\\d{${String(length)}}$`), { size: 'max' });
  const mobile = fc
    .tuple(fc.constantFrom('3', '5', '7', '8', '9'), digits(8))
    .map(([first, rest]) => first + rest);
  const separator = fc.constantFrom('', ' ', '.', '-', ' - ', '\u00a0');
  const lead = fc.constantFrom('0', '+84', '+84 ', '0084', '(+84)');

  test('a mobile number is found in every way of writing it', () => {
    fc.assert(
      fc.property(mobile, lead, separator, (number, before, between) => {
        const parts = [number.slice(0, 3), number.slice(3, 6), number.slice(6)];
        // A foreign amount in thousands looks the same.
        fc.pre(before === '0' || !number.endsWith('000'));
        const text = `em là Lan, ${before}${parts.join(between)} nhé`;
        expect(findContacts(text)).toEqual([{ kind: 'phone', value: `+84${number}` }]);
      }),
    );
  });

  test('what was found is found again in its own form, and is the same', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom('0', '84', '+', '912', '345678', ' ', '.', '-', '@', 'a.vn'),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(pieces, (all) => {
        for (const contact of findContacts(all.join('')))
          expect(findContacts(contact.value)).toEqual([contact]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('each value has the one form of its kind', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\d+ .\-()@a-c]{0,60}$/), (text) => {
        for (const { kind, value } of findContacts(text))
          expect(value).toMatch(kind === 'phone' ? /^\+[1-9]\d{7,14}$/ : /^[^\sA-Z@]+@[^\sA-Z@]+$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a run of digits that is longer than any number is none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 40 }).chain(digits), (run) => {
        expect(findContacts(`mã ${run} nhé`)).toEqual([]);
      }),
    );
  });

  test('prices in thousands are none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999_999 }), (thousands) => {
        const price = `${String(thousands)}000`.replace(/\B(?=(\d{3})+$)/g, '.');
        expect(findContacts(`giá ${price} ạ, ${price}đ, ${price} vnd`)).toEqual([]);
      }),
    );
  });

  test.for<[string, string[]]>([
    ['a', []],
    ['0 ', []],
    ['09', []],
    ['a@', []],
    ['a.', []],
    ['a@a.', []],
    ['+1 ', []],
    ['0912345678-', ['+84912345678']],
  ])('a long text of “%s” does not take long', ([piece, values]) => {
    expect(valuesIn(piece.repeat(20_000)).slice(0, 1)).toEqual(values);
  });
});
