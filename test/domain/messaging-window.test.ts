import { describe, expect, test } from 'vitest';
import { DAY } from '#domain/instant.ts';
import { isWindowOpen, mayWrite, opensWindow, windowOpenUntil } from '#domain/messaging-window.ts';
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

  test.for([
    ['a message within it', 'message', wrote, true],
    ['no message after it', 'message', wrote + DAY, false],
    ['a comment within it', 'comment', wrote, true],
    ['a comment after it: what is public is bound by no window', 'comment', wrote + DAY, true],
  ] as const)('lets us write %s', ([, kind, now, may]) => {
    expect(mayWrite(kind, wrote, now)).toBe(may);
  });

  test('lets us comment where the customer has never written', () => {
    expect(mayWrite('comment', null, wrote)).toBe(true);
    expect(mayWrite('message', null, wrote)).toBe(false);
  });

  test('is opened by messages, not by comments', () => {
    expect([opensWindow('message'), opensWindow('comment')]).toEqual([true, false]);
  });
});
