import { describe, expect, test } from 'vitest';
import { DAY } from '#domain/instant.ts';
import { isWindowOpen, windowOpenUntil } from '#domain/messaging-window.ts';
import { minute } from '#test/support/session-builders.ts';

const wrote = minute(0);

describe('the messaging window', () => {
  test("is open for 24 hours from the customer's event", () => {
    expect(windowOpenUntil(wrote)).toBe(wrote + DAY);
  });

  test('was never open when the customer has never written', () => {
    expect(windowOpenUntil(null)).toBe(null);
    expect(isWindowOpen(null, wrote)).toBe(false);
  });

  test.for([
    ['is open at once', wrote, true],
    ['is open in its last millisecond', wrote + DAY - 1, true],
    ['is closed after 24 hours', wrote + DAY, false],
  ] as const)('%s', ([, now, open]) => {
    expect(isWindowOpen(wrote, now)).toBe(open);
  });
});
