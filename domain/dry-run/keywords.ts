import type { AssignmentRules } from '../assignment.ts';
import type { Known } from './book.ts';
import type { Instant } from '../instant.ts';
import { keywordIn } from '../keyword-rule.ts';
import { isOpen } from '../session/session.ts';

/** What customers said, and the rules that it concerns: looked up once for all sessions in which the same was said. */
export type Keywords = {
  /** The keywords that stand in what the customer wrote in the wait that runs (R9). */
  since(known: Known, at: Instant): string[];
  rulesFor(said: readonly string[]): AssignmentRules;
};

const NOTHING: string[] = [];

export function createKeywords(rules: AssignmentRules): Keywords {
  const concerned = new Map<string, AssignmentRules>();
  return {
    since({ recorded, session, isOpening }, at) {
      const first = isOpen(session) ? session.wait?.unanswered[0]?.[0] : undefined;
      if (first === undefined || recorded.said.length === 0) return NOTHING;
      // The rules are asked with the first message, whatever follows at once.
      const heard = recorded.said.filter(({ seq, at: arrived }) =>
        isOpening ? seq === first : seq >= first && arrived <= at,
      );
      return heard.length === 0 ? NOTHING : [...new Set(heard.flatMap((one) => one.keywords))];
    },
    rulesFor(said) {
      if (rules.keywordRules.length === 0) return rules;
      const key = said.join('\u0000');
      const known = concerned.get(key);
      if (known !== undefined) return known;
      // A rule of which nothing was said is passed over without a trace.
      const keywordRules = rules.keywordRules.flatMap((rule) => {
        const keyword = keywordIn(said, rule);
        return keyword === null ? [] : [{ ...rule, keywords: [keyword] }];
      });
      const found = { ...rules, keywordRules };
      concerned.set(key, found);
      return found;
    },
  };
}
