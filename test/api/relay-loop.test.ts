/** The loop that relay, intake and watchdog run in. */
import { afterEach, describe, expect, test } from 'vitest';
import { startLoop, type Loop } from '#api/loop.ts';
import { until } from '#test/support/until.ts';

const FOREVER_MS = 3_600_000;

let loop: Loop | undefined;
afterEach(() => loop?.stop());

describe('a loop', () => {
  test('goes on at once while there is work', async () => {
    let steps = 0;
    loop = startLoop({
      idleMs: FOREVER_MS,
      onError: () => undefined,
      step: async () => (steps += 1) < 100,
    });
    await until(() => steps === 100);
  });

  test('looks again at once when it is nudged', async () => {
    let steps = 0;
    loop = startLoop({
      idleMs: FOREVER_MS,
      onError: () => undefined,
      step: async () => {
        steps += 1;
        return false;
      },
    });
    await until(() => steps === 1);
    loop.nudge();
    await until(() => steps === 2);
  });

  test('misses no nudge that comes during a step', async () => {
    let steps = 0;
    const inStep = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    loop = startLoop({
      idleMs: FOREVER_MS,
      onError: () => undefined,
      step: async () => {
        steps += 1;
        inStep.resolve();
        await goOn.promise;
        return false;
      },
    });
    await inStep.promise;
    loop.nudge();
    goOn.resolve();
    await until(() => steps === 2);
  });

  test('goes on after a step that failed', async () => {
    const errors: unknown[] = [];
    let steps = 0;
    loop = startLoop({
      idleMs: FOREVER_MS,
      maxErrorMs: 1,
      onError: (error) => errors.push(error),
      step: async () => {
        steps += 1;
        if (steps < 3) throw new Error(`step ${steps}`);
        return false;
      },
    });
    await until(() => steps === 3);
    expect(errors.map(String)).toEqual(['Error: step 1', 'Error: step 2']);
  });

  test('ends after the step under way, and begins none after', async () => {
    let steps = 0;
    const goOn = Promise.withResolvers<void>();
    const own = startLoop({
      idleMs: 0,
      onError: () => undefined,
      step: async () => {
        steps += 1;
        await goOn.promise;
        return true;
      },
    });
    let hasEnded = false;
    const ending = own.stop().then(() => (hasEnded = true));
    expect(hasEnded).toBe(false);
    goOn.resolve();
    await ending;
    expect(steps).toBe(1);
  });
});
