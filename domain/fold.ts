/** Letters and digits that stand together; of what is drawn (❤, 👍) each. What is between them says nothing. */
const WORD = /[\p{L}\p{N}]+|\p{Extended_Pictographic}/gu;

/**
 * Text as it is compared and searched: without accents and capital letters, whichever way they were composed.
 * `Đặt hàng` and `dat hang` become the same.
 */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');
}

/** The words of a text, folded. */
export function wordsOf(text: string): string[] {
  return fold(text).match(WORD) ?? [];
}

/**
 * Whether the words of a keyword phrase stand in a text one after the other, whole; accents, capital letters and
 * punctuation do not count (R9). A keyword without any word is found nowhere.
 */
export function containsPhrase(text: string, keyword: string): boolean {
  const phrase = wordsOf(keyword);
  if (phrase.length === 0) return false;
  return ` ${wordsOf(text).join(' ')} `.includes(` ${phrase.join(' ')} `);
}
