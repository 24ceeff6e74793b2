import { ESLint } from 'eslint';
import ts from 'typescript-eslint';
import { describe, expect, test } from 'vitest';

// The planted files do not exist, so the rules that need types are left out: none guards a border.
const eslint = new ESLint({ overrideConfig: [ts.configs.disableTypeChecked] });

const complaints = async (filePath: string, code: string): Promise<string[]> => {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId !== '@typescript-eslint/no-unused-vars')
    .map(({ message }) => message);
};

describe('the import table refuses', () => {
  test.for<[string, string, RegExp]>([
    ['domain/a.ts', `import '#db/database.ts'`, /domain\/ may import only: itself/],
    ['domain/session/a.ts', `import '../../db/database.ts'`, /domain\/ may import only/],
    ['domain/a.ts', `import 'zod'`, /domain\/ is pure/],
    ['domain/a.ts', `import 'node:fs'`, /domain\/ is pure/],
    ['contracts/a.ts', `import '#channels/channel.ts'`, /contracts\/ may import only: domain\./],
    ['contracts/a.ts', `import 'pg'`, /contracts\/ uses zod/],
    ['channels/a.ts', `import '#db/database.ts'`, /channels\/ may import only/],
    ['db/a.ts', `import '#channels/channel.ts'`, /db\/ may import only/],
    ['activities/a.ts', `import '#workflows/index.ts'`, /activities\/ may import only/],
    ['workflows/a.ts', `import type { D } from '#db/schema.ts'`, /workflows\/ may import only/],
    ['workflows/a.ts', `import { x } from '#contracts/a.ts'`, /contracts \(types\)/],
    ['workflows/a.ts', `import { x } from '#activities/index.ts'`, /activities \(types\)/],
    ['workflows/a.ts', `import 'node:crypto'`, /belongs into an activity/],
    ['api/a.ts', `import '#activities/index.ts'`, /api\/ may import only/],
    ['worker/a.ts', `import '#api/app.ts'`, /worker\/ may import only/],
    ['sandbox/a.ts', `import '#db/database.ts'`, /sandbox\/ may import only: channels/],
    ['api/a.ts', `import '#local/stack.ts'`, /api\/ may import only/],
    ['db/a.ts', `import '#test/support/until.ts'`, /db\/ may import only/],
  ])('%s: %s', async ([file, code, said]) => {
    expect(await complaints(file, code)).toEqual([expect.stringMatching(said)]);
  });
});

describe('the import table allows', () => {
  test.for<[string, string]>([
    ['domain/a.ts', `import '#domain/instant.ts'`],
    ['domain/session/a.ts', `import '../instant.ts'`],
    ['contracts/a.ts', `import 'zod'`],
    ['workflows/a.ts', `import type { A } from '#activities/index.ts'`],
    ['workflows/a.ts', `import type { C } from '#contracts/session.ts'`],
    ['workflows/a.ts', `import '@temporalio/workflow'`],
    ['activities/a.ts', `import 'node:crypto'; import '#db/sessions.ts'`],
    ['test/a.ts', `import '#api/app.ts'; import '#worker/main.ts'; import '#local/stack.ts'`],
  ])('%s: %s', async ([file, code]) => {
    expect(await complaints(file, code)).toEqual([]);
  });
});

describe('domain/ is kept pure', () => {
  test.for([
    'Date.now()',
    'new Date()',
    'Math.random()',
    'process.env',
    'performance.now()',
    `new Intl.DateTimeFormat('vi')`,
  ])('%s', async (code) => {
    expect(await complaints('domain/a.ts', `export const a = ${code};`)).toHaveLength(1);
  });
});
