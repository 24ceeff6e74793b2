import { describe, expect, test } from 'vitest';
import { createGate } from '#sandbox/gate.ts';
import { createLanes } from '#sandbox/lanes.ts';
import { toWire } from '#sandbox/payloads.ts';

/** Work that says when it begins and ends when it is told to. */
function work(log: string[], name: string): { start: () => Promise<void>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    start: async () => {
      log.push(`${name} begins`);
      await promise;
      log.push(`${name} ends`);
    },
    end: resolve,
  };
}

/** Lets everything that is ready to run do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('lanes', () => {
  test('run one after the other within a lane, and side by side', async () => {
    const log: string[] = [];
    const lanes = createLanes();
    const [a1, a2, b] = [work(log, 'a1'), work(log, 'a2'), work(log, 'b')];
    lanes.add('a', a1.start);
    lanes.add('a', a2.start);
    lanes.add('b', b.start);
    await settle();
    expect(log).toEqual(['a1 begins', 'b begins']);
    a1.end();
    await settle();
    expect(log.slice(2)).toEqual(['a1 ends', 'a2 begins']);
    a2.end();
    b.end();
    await lanes.end();
    expect(log).toHaveLength(6);
  });
});

describe('a gate', () => {
  test('lets as many run as it says, and the next when one ends', async () => {
    const log: string[] = [];
    const gate = createGate(2);
    const works = ['a', 'b', 'c', 'd'].map((name) => work(log, name));
    const all = Promise.all(works.map(({ start }) => gate(start)));
    await settle();
    expect(log).toEqual(['a begins', 'b begins']);
    works[1]?.end();
    await settle();
    expect(log.slice(2)).toEqual(['b ends', 'c begins']);
    for (const { end } of works) end();
    await all;
    expect(log).toHaveLength(8);
  });

  test('gives its place on when the work fails', async () => {
    const gate = createGate(1);
    const failed = gate(() => Promise.reject(new Error('broken')));
    const next = gate(() => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });
});

test('the wire carries ASCII with slashes escaped, and means the same', () => {
  const payload = { url: 'https://x/y', text: 'Chào 👍 "a"' };
  const wire = toWire(payload);
  expect(wire).toContain('https:\\/\\/x\\/y');
  expect(wire).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(wire)).toEqual(payload);
});
