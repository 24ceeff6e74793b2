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
    const following = {
      ...valid,
      deadline: { ...valid.deadline, businessHours: true },
      hours: {
        days: [
          [
            [0, 720],
            [720, 1_440],
          ],
          [[480, 1_020]],
          [],
          [],
          [],
          [],
          [],
        ],
        holidays: ['2028-02-29'],
      },
    };
    expect(clockSettings.parse(following)).toMatchObject(following);
    expect(clockSettings.parse({ ...valid, hours: null }).hours).toBeNull();
  });

  it('follow no business hours until they are told to (R46)', () => {
    const { autoClose, reassign, deadline, hours } = clockSettings.parse(valid);
    const follow = [autoClose, reassign, deadline].map(({ businessHours }) => businessHours);
    expect(follow).toEqual([false, false, false]);
    expect(hours).toBeUndefined();
  });

  const week = (...monday: unknown[]) => ({ days: [monday, [], [], [], [], [], []], holidays: [] });
  it.each([
    ['a day that goes on after its end', week([480, 1_441]), 'hours.days.0.0.1'],
    ['a day that begins before it', week([-1, 480]), 'hours.days.0.0.0'],
    ['half minutes', week([480.5, 481]), 'hours.days.0.0.0'],
    ['a shift without an end', week([480]), 'hours.days.0.0'],
    ['a shift of nothing', week([480, 480]), 'hours.days.0.0.1'],
    ['shifts that overlap', week([480, 720], [600, 900]), 'hours.days.0.1.0'],
    ['shifts out of order', week([780, 900], [480, 720]), 'hours.days.0.1.0'],
    ['six days', { days: [[], [], [], [], [], []], holidays: [] }, 'hours.days'],
    ['a day that no calendar has', { ...week(), holidays: ['2027-02-29'] }, 'hours.holidays.0'],
    ['no holidays', { days: week().days }, 'hours.holidays'],
  ])('with business hours of %s are refused by the field', (_what, hours, field) => {
    const parsed = clockSettings.safeParse({ ...valid, hours });
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(field);
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
