import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containsPhrase, fold, wordsOf } from '#domain/fold.ts';

describe('fold', () => {
  it.each([
    ['Đặt hàng', 'dat hang'],
    ['TRẢ GÓP', 'tra gop'],
    ['nguyễn thị hồng nhung', 'nguyen thi hong nhung'],
    ['Ưu đãi', 'uu dai'],
    ['Giá bao nhiêu?', 'gia bao nhieu?'],
    ['Crème brûlée', 'creme brulee'],
    ['İstanbul', 'istanbul'],
    ['😀 cảm ơn', '😀 cam on'],
    ['', ''],
  ])('makes of %j %j', (text, folded) => {
    expect(fold(text.normalize('NFC'))).toBe(folded);
    expect(fold(text.normalize('NFD'))).toBe(folded);
  });

  it('leaves nothing to fold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });
});

describe('a keyword phrase (R9)', () => {
  it.each([
    ['alone', 'giá', 'giá', true],
    ['within a sentence', 'cho mình hỏi giá với ạ', 'giá', true],
    ['without accents in the text', 'cho hoi gia voi', 'giá', true],
    ['without accents in the keyword', 'Cho hỏi GIÁ với', 'gia', true],
    ['with đ', 'Mình muốn đổi trả', 'doi tra', true],
    ['with a capital Đ', 'ĐỔI TRẢ thế nào shop', 'đổi trả', true],
    ['as a part of a word', 'giáo viên', 'giá', false],
    ['as the end of a word', 'anh quốc gia', 'ia', false],
    ['with its words one after the other', 'shop cho mình đặt hàng nhé', 'đặt hàng', true],
    ['with another word between', 'đặt thêm hàng', 'đặt hàng', false],
    ['with its words the other way round', 'hàng đặt', 'đặt hàng', false],
    ['over a line break', 'mình đặt\nhàng nha', 'đặt hàng', true],
    ['over punctuation', 'size: M, còn không?', 'size m', true],
    ['at the end, with punctuation', 'Bao nhiêu tiền???', 'bao nhiêu tiền', true],
    ['with punctuation of its own', 'bao nhieu', 'Bao nhiêu?', true],
    ['with spaces around it', 'ib giá', '  giá ', true],
    ['with a number', 'lấy 2 cái', '2 cái', true],
    ['in a longer number', 'lấy 12 cái', '2 cái', false],
    ['drawn', 'xinh quá ❤️❤️', '❤', true],
    ['drawn, joined to a word', 'ok👍🏽', '👍', true],
    ['longer than the text', 'đặt', 'đặt hàng', false],
    ['in a text of nothing', '', 'giá', false],
    ['of nothing', 'giá', '', false],
    ['of nothing but punctuation', '???', '?', false],
  ])('%s: %j has %j: %j', (_where, text, keyword, found) => {
    for (const form of ['NFC', 'NFD'] as const) {
      expect(containsPhrase(text.normalize(form), keyword)).toBe(found);
      expect(containsPhrase(text, keyword.normalize(form))).toBe(found);
    }
  });

  it('is found wherever it was put among whole words', () => {
    const words = fc.array(fc.constantFrom('đặt', 'hàng', 'Giá', 'm2', 'ơi'), { maxLength: 6 });
    const some = fc.array(fc.constantFrom('đặt', 'HÀNG', 'gia'), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(words, some, words, (before, phrase, after) => {
        const text = [...before, ...phrase, ...after].join(' ');
        expect(containsPhrase(text, phrase.join(', '))).toBe(true);
      }),
    );
  });

  it('is told by its words', () => {
    expect(wordsOf('Ib giá, size M-L!')).toEqual(['ib', 'gia', 'size', 'm', 'l']);
  });
});
