import { containsPhrase } from './fold.ts';
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
