/** What a session's clocks are going to do, as something to draw. */
import type { Detail } from '#lib/state/session-thread.svelte.ts';
import { duration } from '#lib/ui/times.ts';
import type { Language, Words } from '#lib/words/index.ts';

/** `soon` and `overdue` are the response deadline's; `next` is what happens by itself. */
export type ClockLine = {
  look: 'due' | 'soon' | 'overdue' | 'next' | 'held';
  text: string;
  hint: string | null;
};

/** The words, the language that durations are in, and what time it is. */
export type Telling = { words: Words; language: Language; now: number };

/** The deadline first, then what happens next by itself. */
export function clockLines(detail: Detail, telling: Telling): ClockLine[] {
  if (detail.status === 'done') return [];
  const words = telling.words.thread.clock;
  const deadline = deadlineLine(detail, telling);
  if (!detail.clocksHeld)
    return [deadline, nextLine(detail, telling)].filter((line) => line !== null);
  const held: ClockLine = { look: 'held', text: words.held, hint: null };
  // What was missed stays missed while an answer is on its way.
  return deadline?.look === 'overdue' ? [deadline, held] : [held];
}

function deadlineLine(detail: Detail, { words, language, now }: Telling): ClockLine | null {
  const { dueAt, warnedAt, overdueAt } = detail;
  if (dueAt === null) return null;
  const { clock } = words.thread;
  const leftMs = Date.parse(dueAt) - now;
  if (overdueAt !== null)
    return {
      look: 'overdue',
      text: clock.overdue(duration(now - Date.parse(overdueAt), language)),
      hint: null,
    };
  const text = leftMs > 0 ? clock.due(countdown(leftMs, language)) : clock.dueNow;
  if (warnedAt === null) return { look: 'due', text, hint: null };
  return { look: 'soon', text: `${clock.soon} · ${text}`, hint: null };
}

function nextLine(detail: Detail, { words, language, now }: Telling): ClockLine | null {
  const next = detail.clocks.find(({ clock }) => clock === 'close' || clock === 'reassign');
  if (next === undefined) return null;
  const { clock } = words.thread;
  const time = countdown(Date.parse(next.dueAt) - now, language);
  if (next.clock === 'reassign')
    return { look: 'next', text: clock.reassign(time), hint: clock.reassignHint };
  const hint = detail.kind === 'comment' ? clock.closeHintComment : clock.closeHint;
  return { look: 'next', text: clock.close(time), hint };
}

const MINUTE = 60_000;

/** Like `duration`, and with the seconds once it is less than ten minutes. */
export function countdown(ms: number, language: Language): string {
  const left = Math.max(0, ms);
  const seconds = Math.floor((left % MINUTE) / 1_000);
  if (left < MINUTE || left >= 10 * MINUTE || seconds === 0) return duration(left, language);
  return `${duration(left, language)} ${duration(seconds * 1_000, language)}`;
}
