import { SECOND, type Instant } from './instant.ts';

/** A customer who takes part in a thread of comments. */
export type Participant = {
  /** Their id at the platform. */
  customer: string;
  /** The name that others mention them by, where the platform has such names. */
  username: string | null;
  /** When they commented there last. */
  at: Instant;
};

/**
 * Whom the page's own comment answers: the person it tags, else the last customer in that thread.
 * @param thread in the order in which we heard of them
 * @returns null when no customer takes part: then it belongs to nobody's session
 */
export function whomItAnswers<Who extends Participant>(
  thread: readonly Who[],
  comment: { text: string | null; tagged: readonly string[] },
): Who | null {
  // Of two in the same second, the one that was heard of later.
  const newestFirst = thread.toReversed().toSorted((a, b) => b.at - a.at);
  const mentioned = mentionsIn(comment.text);
  const isTagged = ({ customer, username }: Who) =>
    comment.tagged.includes(customer) ||
    (username !== null && mentioned.has(username.toLowerCase()));
  return newestFirst.find(isTagged) ?? newestFirst[0] ?? null;
}

/**
 * When a comment was written at the latest. Platforms tell the whole second in which it was; taken by its beginning, an
 * answer would seem older than the comment of the same second that it answers.
 */
export function writtenByThen(toldAt: Instant, heardAt: Instant): Instant {
  return Math.max(toldAt, Math.min(toldAt + SECOND - 1, heardAt));
}

/**
 * When an answer counts as sent. One that we were told of before the comment that it stands under was written after that
 * comment, so it answers it, although by our clock that came later.
 * @param rootHeardAt when we were told of that comment; undefined = in its order, before the answer
 */
export function sentBehind(rootHeardAt: Instant | undefined, writtenAt: Instant): Instant {
  return Math.max(rootHeardAt ?? writtenAt, writtenAt);
}

/** `@lan.hoa` names somebody; the full stop at the end of a sentence does not belong to the name. */
function mentionsIn(text: string | null): Set<string> {
  const names = (text ?? '').matchAll(/@([a-z0-9_](?:[a-z0-9_.]*[a-z0-9_])?)/gi);
  return new Set([...names].map(([, name = '']) => name.toLowerCase()));
}

/**
 * The text of an answer to a comment that is itself an answer. Instagram shows it under the top-level comment, so that
 * only the name tells who is meant (R27).
 * @param answered who wrote the comment; null when nobody can be named
 */
export function withMention(text: string, answered: string | null): string {
  if (answered === null || mentionsIn(text).has(answered.toLowerCase())) return text;
  return `@${answered} ${text}`;
}
