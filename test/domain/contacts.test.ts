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
    ['in full-width digits', '０９１２３４５６７８', '+84912345678'],
    ['in full-width digits with the country', '＋８４９１２３４５６７８', '+84912345678'],
    ['in full-width digits with dashes', '０９１２－３４５－６７８', '+84912345678'],
    ['in bold digits', '𝟎𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖', '+84912345678'],
    ['in digits of a typewriter', '𝟶𝟿𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾', '+84912345678'],
    ['in Arabic digits', '٠٩١٢٣٤٥٦٧٨', '+84912345678'],
    ['in drawn digits', '0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣', '+84912345678'],
    ['behind a drawn digit', '1️⃣0912345678', '+84912345678'],
    ['behind a digit in a circle', '①0912345678', '+84912345678'],
    ['with a space of no width', '0912\u200b345678', '+84912345678'],
    ['with a non-joiner', '0912\u200c345678', '+84912345678'],
    ['with a joiner', '0912\u200d345678', '+84912345678'],
    ['with a word joiner', '0912\u2060345678', '+84912345678'],
    ['with a byte order mark', '\ufeff0912\ufeff345678', '+84912345678'],
    ['with a soft hyphen', '0912\u00ad345\u00ad678', '+84912345678'],
    ['with marks of direction', '\u202a\u200e0912\u200f345678\u202c', '+84912345678'],
    ['with narrow hard spaces', '0912\u202f345\u202f678', '+84912345678'],
    ['with thin spaces', '0912\u2009345\u2009678', '+84912345678'],
    ['with spaces as wide as a digit', '0912\u2007345\u2007678', '+84912345678'],
    ['with full-width spaces', '0912\u3000345\u3000678', '+84912345678'],
    ['with hyphens', '0912\u2010345\u2010678', '+84912345678'],
    ['with hard hyphens', '0912\u2011345\u2011678', '+84912345678'],
    ['with dashes as wide as a digit', '0912\u2012345\u2012678', '+84912345678'],
    ['with short dashes', '0912\u2013345\u2013678', '+84912345678'],
    ['with long dashes', '0912\u2014345\u2014678', '+84912345678'],
    ['with bars', '0912\u2015345\u2015678', '+84912345678'],
    ['with minus signs', '0912\u2212345\u2212678', '+84912345678'],
    ['with dots at half height', '0912·345·678', '+84912345678'],
    ['with bullets', '0912 • 345 • 678', '+84912345678'],
    ['with underscores', '0912_345_678', '+84912345678'],
    ['with asterisks', '0912*345*678', '+84912345678'],
    ['in pairs with spaces', '09 12 34 56 78', '+84912345678'],
    ['with its last two apart', '09 123 456 78', '+84912345678'],
    ['with its first four in pairs', '09.12 345 678', '+84912345678'],
    ['in pairs, the first apart', '09 12-34-56-78', '+84912345678'],
    ['in a list', '1.0912345678', '+84912345678'],
    ['in a list with brackets', '1)0912345678', '+84912345678'],
    ['with the country, before “k”', '+84912345678 k ạ', '+84912345678'],
    ['with the country, close before “k”', '+84912345678k ạ', '+84912345678'],
    ['with the country and no plus, before “k”', '84912345678 k có zalo', '+84912345678'],
    ['with the country, before “đ/c”', '+84912345678 đ/c Hà Nội', '+84912345678'],
    ['with the country, apart and before “k”', '+84 912 345 678 k ạ', '+84912345678'],
    ['with the country, and noughts at its end', '+84 912 345 000', '+84912345000'],
    ['close behind “gọi”', 'gọi0912345678', '+84912345678'],
    ['close behind “goi”', 'goi0912345678', '+84912345678'],
    ['close behind “em”', 'em0912345678', '+84912345678'],
    ['close behind “ib”', 'ib0912345678', '+84912345678'],
    ['close behind “inbox”', 'Inbox0912345678', '+84912345678'],
    ['close behind “call”', 'call+84912345678', '+84912345678'],
    ['close behind “điện thoại”', 'điện thoại0912345678', '+84912345678'],
    ['close behind “lien he”', 'lien he0912345678', '+84912345678'],
    ['behind the name of a messenger with an account', 'TK Zalo 0912345678', '+84912345678'],
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
    ['a big price close before its letter', '84912345678đ'],
    ['a big price in thousands', '84.912.345.678 đ'],
    ['a big discount', '+84.900.000.000 nữa'],
    ['a row of days', 'ngày 03 04 05 06 07'],
    ['a row of days in dots', '03.04.05.06.07'],
    ['a row of minutes', '07 12 23 34 45 55'],
    ['a short row of minutes', '07 12 23 34 45'],
    ['counting in fives', '05 10 15 20 25 30 35'],
    ['the end of a row of pairs', '61 72 03 94 85 76 67'],
    ['the hours of a shift', 'ca 08 12 13 17 30'],
    ['a date with a price', 'giao 09.12 350 000'],
    ['a date with prices', 'giao 09.12 350-500'],
    ['the beginning of a longer row with spaces', '0912 345 678 901'],
    ['the beginning of a longer row with the country', '+84 912 345 678 901'],
    ['a place on the map', '10.7626 0.912345678'],
    ['a place on the map, the other way round', '9.0912345678, 105.1523'],
    ['a fraction', '0.912345678'],
    ['a fraction with a space', '0.9123 45678'],
    ['a fraction in a line', 'tỷ lệ 1.0912345678'],
    ['a name of a file', '0912345678_12.jpg'],
    ['a word that ends like a word for it', 'item0912345678'],
    ['digits that are circled', '⓪⑨①②③④⑤⑥⑦⑧'],
    ['digits that are raised', '⁰⁹¹²³⁴⁵⁶⁷⁸'],
    ['an account, in short', 'tk 0371000123'],
    ['an account at a bank', 'TK VCB 0371000123'],
    ['an account behind the name of a bank', 'Vietcombank 0371000123'],
    ['an account behind the short name of a bank', 'MB: 0371000123'],
    ['a parcel’s number', 'vận đơn 0912345678'],
    ['a parcel’s number with all of its words', 'mã vận đơn hàng số: 0912345678'],
    ['a parcel’s number, in short', 'mã VĐ: 0912345678'],
    ['an order’s number, in short', 'Mã ĐH 0912345678'],
    ['an order’s number, in short without accents', 'mã DH là 0912345678'],
    ['an order’s number with two letters before it', 'DH 0912345678'],
    ['a number of goods', 'mã hàng 0912345678'],
    ['a number of tracking', 'Tracking number: 0912345678'],
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
    for (const both of [
      '0912 345 678 0987 654 321',
      '0912 345 678 098 765 4321',
      '09 12 34 56 78 09 87 65 43 21',
      '1.0912345678\n2.0987654321',
    ])
      expect(valuesIn(both)).toEqual(['+84912345678', '+84987654321']);
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
    ['with a full-width sign', 'lan＠gmail.com', ['lan@gmail.com']],
    ['in full-width letters', 'ｌａｎ＠ｇｍａｉｌ．ｃｏｍ', ['lan@gmail.com']],
    ['with a space of no width', 'lan\u200b@gmail\u2060.com', ['lan@gmail.com']],
    ['behind a dash', 'Email–lan@gmail.com', ['lan@gmail.com']],
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
  const separator = fc.constantFrom(
    ...['', ' ', '.', '-', ' - ', '\u00a0', '\u200b', '\u3000', '•', '_'],
  );
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
    ['09 ', []],
    ['1.', []],
    ['\n ', []],
    ['1.0912345678\n', ['+84912345678']],
    ['09 12-34-56-78, ', ['+84912345678']],
    ['𝟎', []],
    ['\u200b', []],
    ['1\ufe0f\u20e3', []],
    ['vận đơn ', []],
  ])('a long text of “%s” does not take long', ([piece, values]) => {
    expect(valuesIn(piece.repeat(20_000)).slice(0, 1)).toEqual(values);
  });
});
