import { describe, expect, test } from 'vitest';
import { recogniseOurs, type Nameless } from '#domain/recognise.ts';

type Named = Nameless & { name: string };
const ours = (name: string, text: string, handedOverAt: number): Named => ({
  name,
  text,
  handedOverAt,
});

describe('an event without our id is about', () => {
  test.for<[string, Named[], { text: string | null; at: number }, string | null]>([
    [
      'the message with its words',
      [ours('a', 'Dạ', 0), ours('b', 'Còn', 0)],
      { text: 'Còn', at: 9 },
      'b',
    ],
    [
      'the oldest of those',
      [ours('b', 'Dạ', 50), ours('a', 'Dạ', 40)],
      { text: 'Dạ', at: 90 },
      'a',
    ],
    ['nothing with other words', [ours('a', 'Dạ', 0)], { text: 'Dạ vâng', at: 9 }, null],
    ['nothing that was handed over later', [ours('a', 'Dạ', 20_000)], { text: 'Dạ', at: 0 }, null],
    [
      'one handed over within the clocks’ difference',
      [ours('a', 'Dạ', 5_000)],
      { text: 'Dạ', at: 0 },
      'a',
    ],
    ['one whose words the platform trimmed', [ours('a', ' Dạ\n', 0)], { text: 'Dạ', at: 9 }, 'a'],
    [
      'one whose accents it composed',
      [ours('a', 'Dạ'.normalize('NFD'), 0)],
      { text: 'Dạ', at: 9 },
      'a',
    ],
    ['nothing where nothing waits', [], { text: 'Dạ', at: 9 }, null],
  ])('%s', ([, nameless, shown, name]) => {
    expect(recogniseOurs(nameless, shown)?.name ?? null).toBe(name);
  });
});
