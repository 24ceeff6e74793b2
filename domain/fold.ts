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
  return phraseFinder([keyword])(text).length > 0;
}

/**
 * The same for many texts and phrases: every phrase is folded once, and every text once however many are looked for.
 * @returns what finds the phrases that stand in a text, as they were given and in their order
 */
export function phraseFinder(phrases: readonly string[]): (text: string) => string[] {
  const wanted = phrases
    .map((phrase) => ({ phrase, words: wordsOf(phrase) }))
    .filter(({ words }) => words.length > 0)
    .map(({ phrase, words }) => ({ phrase, inside: between(words) }));
  return (text) => {
    if (wanted.length === 0) return [];
    const said = between(wordsOf(text));
    return wanted.filter(({ inside }) => said.includes(inside)).map(({ phrase }) => phrase);
  };
}

/** Words with a space on either side of each, so that only whole ones are found. */
function between(words: readonly string[]): string {
  return ` ${words.join(' ')} `;
}
