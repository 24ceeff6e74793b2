import { describe, expect, test } from 'vitest';
import { totalsLine } from '#test/support/totals-reporter.ts';
import { until } from '#test/support/until.ts';

describe('until', () => {
  test('gives the first answer that is one; false, null and errors are not', async () => {
    const answers = [() => false, () => null, () => expect(1).toBe(2), () => 0];
    expect(await until(() => answers.shift()?.(), { everyMs: 1 })).toBe(0);
  });

  test('fails with the reason it had last', async () => {
    const ask = () => expect('open').toBe('done');
    await expect(until(ask, { timeoutMs: 5 })).rejects.toThrow(/expected 'open' to be 'done'/);
  });
});

test('the totals name skipped tests only when there are any', () => {
  expect(totalsLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  expect(totalsLine({ passed: 1, failed: 2, skipped: 3 })).toBe('1 passed, 2 failed, 3 skipped');
});
