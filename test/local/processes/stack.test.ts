import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { createStack } from '#local/stack.ts';
import { openToOthers } from '#test/support/global.ts';
import { isAlive } from '#test/support/is-alive.ts';
import { eventually } from '#test/support/until.ts';

test('a whole installation starts, outlives a kill of each part, and stops without a trace', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'everthread-'));
  await openToOthers(folder);
  const stack = await createStack({
    dataDir: folder,
    isDurable: false,
    workflowBundle: inject('workflowBundle'),
  });
  const health = async (): Promise<unknown> =>
    (await fetch(`${stack.apis[0].url}/health/ready`)).json();
  try {
    await stack.start();
    for (const part of stack.parts) {
      await part.kill();
      await part.start();
    }
    await eventually(async () => {
      expect(await health()).toMatchObject({ status: 'ok', postgres: 'ok', temporal: 'ok' });
    });
    const pids = stack.parts.map(({ pid }) => pid ?? 0);
    await stack.stop();
    expect(pids.filter(isAlive)).toEqual([]);
  } finally {
    await stack.kill();
    await rm(folder, { recursive: true });
  }
});
