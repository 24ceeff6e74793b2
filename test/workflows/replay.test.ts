/**
 * Every version of the workflow must go through the histories of the versions before it, or it would hang the runs
 * that are open when it is installed. The histories are recorded from real runs (RECORD_HISTORIES=1) and kept, under the
 * version of the state that they carry; those without one are of version 1.
 */
import { readdir, readFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DeterminismViolationError } from '@temporalio/workflow';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { describe, expect, inject, test } from 'vitest';
import { changedBundle } from './served-inbox.ts';

// What is found out on purpose must not look like trouble in the output.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
});

const FOLDER = new URL('../histories/', import.meta.url);
const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort();

async function replay(codePath: string, name: string): Promise<Error | undefined> {
  const history = historyFromJSON(JSON.parse(await readFile(new URL(name, FOLDER), 'utf8')));
  const results = Worker.runReplayHistories({ workflowBundle: { codePath } }, [
    { workflowId: name, history },
  ]);
  for await (const result of results) return result.error;
  throw new Error(`${name} was not replayed`);
}

describe('the workflow goes through what it did before', () => {
  test('there are histories to go through', () => {
    expect(names.length).toBeGreaterThan(0);
  });

  for (const name of names)
    test(name, async () => {
      expect(await replay(inject('workflowBundle'), name)).toBeUndefined();
    });
});

describe('a version that does something else is found out', () => {
  const workflow = '_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__';
  const commit = 'const result = await commitTurn(';
  const changes: [string, (code: string) => string][] = [
    [
      'one more timer',
      (code) => code.replace(commit, `await (0,${workflow}.sleep)('1s'); ${commit}`),
    ],
    ['one more read', (code) => code.replace(commit, `await reads.loadPolicy(); ${commit}`)],
    [
      'search attributes that are not shown',
      (code) => code.replace(`(0,${workflow}.upsertSearchAttributes)(`, '(() => undefined)('),
    ],
  ];
  for (const [what, change] of changes)
    test(what, async () => {
      const codePath = await changedBundle(inject('workflowBundle'), change);
      expect(await replay(codePath, 'opened-assigned-done.json')).toBeInstanceOf(
        DeterminismViolationError,
      );
    });
});
