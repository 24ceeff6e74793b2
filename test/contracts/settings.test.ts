import { describe, expect, it } from 'vitest';
import { clockSettings } from '#contracts/settings.ts';

const valid = {
  version: 1,
  autoClose: { on: true, afterSeconds: 1_800, text: 'Cảm ơn bạn!' },
  reassign: { on: true, afterSeconds: 600 },
  deadline: { on: true, afterSeconds: 1_800, warnBeforeSeconds: 300 },
};

describe('clock settings', () => {
  it('are taken as they are', () => {
    expect(clockSettings.parse(valid)).toEqual(valid);
  });

  it.each([
    [
      'no time to close after',
      { autoClose: { ...valid.autoClose, afterSeconds: 0 } },
      'autoClose.afterSeconds',
    ],
    ['a negative time', { reassign: { on: false, afterSeconds: -5 } }, 'reassign.afterSeconds'],
    [
      'a fraction of a second',
      { reassign: { on: true, afterSeconds: 1.5 } },
      'reassign.afterSeconds',
    ],
    [
      'a warning as long as the deadline',
      { deadline: { on: true, afterSeconds: 300, warnBeforeSeconds: 300 } },
      'deadline.warnBeforeSeconds',
    ],
    [
      'a closing text that no platform takes',
      { autoClose: { ...valid.autoClose, text: 'a'.repeat(2_001) } },
      'autoClose.text',
    ],
    [
      'text where a number belongs',
      { reassign: { on: true, afterSeconds: '600' } },
      'reassign.afterSeconds',
    ],
    ['a clock that is missing', { deadline: undefined }, 'deadline'],
  ])('with %s are refused by the field', (_what, change, field) => {
    const parsed = clockSettings.safeParse({ ...valid, ...change });
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([field]);
  });

  it('with a field that nobody knows are refused', () => {
    expect(clockSettings.safeParse({ ...valid, snooze: 1 }).success).toBe(false);
  });

  it('keep no NUL, which Postgres could not store', () => {
    const { autoClose } = clockSettings.parse({
      ...valid,
      autoClose: { ...valid.autoClose, text: 'a\0b\uD800' },
    });
    expect(autoClose.text).toBe('a\uFFFDb\uFFFD');
  });
});
