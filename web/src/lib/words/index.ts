import { en } from './en.ts';
import { vi } from './vi.ts';

/** All languages say the same things; English is the measure. */
export type Words = typeof en;

const languages = { en, vi } satisfies Record<string, Words>;
export type Language = keyof typeof languages;

export function wordsOf(language: Language): Words {
  return languages[language];
}
