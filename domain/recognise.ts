import { SECOND, type Instant } from './instant.ts';

/** Something of ours that was handed to the platform and whose id there is not known yet. */
export type Nameless = { text: string | null; handedOverAt: Instant };

/** The platform's clock and ours may differ by this much, and some of its times are whole seconds. */
const CLOCK_TOLERANCE_MS = 5 * SECOND;

/**
 * Which of our messages an event without our id is about: the oldest with the same words that was handed over by then.
 * @param shown what the event shows, and when the platform says that it was written
 */
export function recogniseOurs<Ours extends Nameless>(
  nameless: readonly Ours[],
  shown: { text: string | null; at: Instant },
): Ours | null {
  const text = plain(shown.text);
  const sameWords = nameless
    .filter((one) => plain(one.text) === text && isBy(one.handedOverAt, shown.at))
    .toSorted((a, b) => a.handedOverAt - b.handedOverAt);
  return sameWords[0] ?? null;
}

/** Whether something that the platform dates so may be what we handed over then. */
export function isBy(handedOverAt: Instant, shownAt: Instant): boolean {
  return handedOverAt <= shownAt + CLOCK_TOLERANCE_MS;
}

/** Whether the platform shows these words for those: it trims, and composes accents. */
export function isSameText(a: string | null, b: string | null): boolean {
  return plain(a) === plain(b);
}

function plain(text: string | null): string {
  return (text ?? '').normalize('NFC').trim();
}
