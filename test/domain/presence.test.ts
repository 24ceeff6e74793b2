import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SECOND, type Instant } from '#domain/instant.ts';
import {
  beatEveryMs,
  canJudge,
  isGone,
  STANDSTILL_PER_GRACE,
  type ApiProcess,
} from '#domain/presence.ts';

const now = 1_000_000;
const graceMs = 20 * SECOND;
const ago = (seconds: number): Instant => now - seconds * SECOND;
const process = (seen: number, up = 300): ApiProcess => ({ upSince: ago(up), seenAt: ago(seen) });

/** In thousandths of the grace time. */
const SLOWEST_BEAT = 300;

describe('R58: who is gone', () => {
  test.for<[string, number, ApiProcess | null, boolean]>([
    ['seen within the grace time', 20, process(0), false],
    ['their process has gone on without them', 21, process(0), true],
    ['their process has ended in order', 21, null, true],
    ['their process says nothing either: it may stand still', 21, process(20), false],
    ['it is down, and they have the grace time to come to another', 65, process(65), false],
    ['it is down, and they have not come to another', 66, process(66), true],
    ['they had left before it stood still', 80, process(40), true],
  ])('%s', ([, seen, via, then]) => {
    expect(isGone({ seenAt: ago(seen), via }, { graceMs, now })).toBe(then);
  });

  test.for<[string, ApiProcess[], boolean]>([
    ['no process is up', [], false],
    ['the only one is down', [process(46)], false],
    ['all have been up for the grace time', [process(0), process(2)], true],
    ['one has just begun, or begun anew', [process(0), process(0, 19)], false],
    ['one that began late is down', [process(0), process(46, 50)], true],
  ])('it can be said: %s', ([, processes, then]) => {
    expect(canJudge(processes, { graceMs, now })).toBe(then);
  });

  test('however a process stumbles, nobody who is connected to it is gone before it is down', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 600 }),
        fc.array(
          fc.record({
            /** Thousandths of the grace time, or of the longest silence that is borne less the slowest beat. */
            pause: fc.integer({ min: 0, max: 999 }),
            of: fc.constantFrom('grace', 'bearable'),
            beatTakes: fc.integer({ min: 0, max: SLOWEST_BEAT }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        (graceSeconds, looks) => {
          const grace = graceSeconds * SECOND;
          const bearable = grace + 45 * SECOND - SLOWEST_BEAT * graceSeconds;
          let [at, beatAt, seenAt] = [0, 0, 0];
          const its: ApiProcess = { upSince: -10 * bearable, seenAt: 0 };
          const isJudgedGone = (moment: Instant): boolean => {
            const as = { graceMs: grace, now: moment };
            const other = { upSince: -10 * bearable, seenAt: moment };
            return canJudge([other, its], as) && isGone({ seenAt, via: its }, as);
          };
          for (const { pause, of, beatTakes } of looks) {
            at += (pause / 1_000) * (of === 'grace' ? grace : bearable);
            if (isJudgedGone(at)) return false;
            if (at - its.seenAt > STANDSTILL_PER_GRACE * grace) its.upSince = at;
            its.seenAt = at;
            if (isJudgedGone(at)) return false;
            if (at - beatAt < beatEveryMs(grace)) continue;
            beatAt = at;
            at += beatTakes * graceSeconds;
            if (isJudgedGone(at)) return false;
            seenAt = at;
          }
          return true;
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
