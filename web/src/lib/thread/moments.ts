import type { Language, Words } from '#lib/words/index.ts';
import { dayKey, dayOf, timeOf } from '#lib/ui/times.ts';

export type Where = { language: Language; timeZone: string };

/** Sunday 22 November, 14:05 */
export function dateAndTime(iso: string, { language, timeZone }: Where): string {
  return `${dayOf(iso, language, timeZone)}, ${timeOf(iso, language, timeZone)}`;
}

const DAY_MS = 24 * 3_600_000;

/** Today, yesterday, or the date. @param now epoch ms */
export function dayLine(
  iso: string,
  { now, words, ...where }: Where & { now: number; words: Words },
): string {
  const { language, timeZone } = where;
  const day = dayKey(iso, timeZone);
  const isDaysAgo = (days: number) =>
    day === dayKey(new Date(now - days * DAY_MS).toISOString(), timeZone);
  if (isDaysAgo(0)) return words.thread.messages.today;
  if (isDaysAgo(1)) return words.thread.messages.yesterday;
  return dayOf(iso, language, timeZone);
}
