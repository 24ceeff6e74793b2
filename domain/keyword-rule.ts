import { containsPhrase, phraseFinder } from './fold.ts';
import type { AgentId, GroupId } from './ids.ts';

/** R9: whoever writes one of these phrases goes to that group or user. */
export type KeywordRule = {
  keywords: string[];
  target: { type: 'group'; id: GroupId } | { type: 'agent'; id: AgentId };
};

/** The first of the rule's keywords that stands in what the customer wrote; null = none does. */
export function keywordIn(texts: readonly string[], rule: KeywordRule): string | null {
  return (
    rule.keywords.find((keyword) => texts.some((text) => containsPhrase(text, keyword))) ?? null
  );
}

/**
 * What of a text matters to some rules: their phrases that stand in it. To every rule among them these say the same as
 * the text itself: a phrase stands in a text exactly if it stands in one of the phrases that do.
 */
export function keywordFinder(rules: readonly KeywordRule[]): (text: string) => string[] {
  return phraseFinder([...new Set(rules.flatMap(({ keywords }) => keywords))]);
}
