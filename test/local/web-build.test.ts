import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildWeb } from '#local/web-build.ts';

let root: string;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'everthread-'))));
afterEach(() => rm(root, { recursive: true }));

const OLD = new Date('2026-01-01');
const NEW = new Date('2026-01-02');

/** A file of the project, last changed then. */
const put = async (path: string, { text = '', at = OLD } = {}): Promise<void> => {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await utimes(file, at, at);
  // Folders too: what lies in them was put there just now.
  for (let folder = dirname(file); folder !== root; folder = dirname(folder))
    await utimes(folder, OLD, OLD);
};

const build = `
  const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
  appendFileSync('calls', process.argv.slice(2).join(' ') + ' ' + process.env.NODE_ENV + '\\n');
  mkdirSync('web/build', { recursive: true });
  writeFileSync('web/build/handler.js', 'built');
`;
const project = async (vite = build): Promise<void> => {
  await put('node_modules/vite/bin/vite.js', { text: vite });
  for (const source of ['web/vite.config.ts', 'web/src/app.html', 'domain/a.ts', 'contracts/a.ts'])
    await put(source);
};
const calls = async (): Promise<number> =>
  (await readFile(join(root, 'calls'), 'utf8').catch(() => '')).split('\n').length - 1;

test('builds the pages where there are none, and not again while nothing changes', async () => {
  await project();
  await buildWeb(() => {}, root);
  expect(await readFile(join(root, 'calls'), 'utf8')).toBe(
    'build --config web/vite.config.ts production\n',
  );
  await buildWeb(() => {}, root);
  expect(await calls()).toBe(1);
});

test.for(['web/src/lib/deep/x.svelte', 'contracts/a.ts', 'domain/a.ts', 'package-lock.json'])(
  'builds them again after a change of %s',
  async (changed) => {
    await project();
    await put('web/build/handler.js', { at: NEW });
    await buildWeb(() => {}, root);
    expect(await calls()).toBe(0);
    await put(changed, { at: new Date('2026-01-03') });
    const said: string[] = [];
    await buildWeb((line) => said.push(line), root);
    expect(await calls()).toBe(1);
    expect(said).toHaveLength(1);
  },
);

test('a file that is gone is a change too', async () => {
  await project();
  await put('web/src/b.ts');
  await put('web/build/handler.js', { at: NEW });
  await rm(join(root, 'web/src/b.ts'));
  await buildWeb(() => {}, root);
  expect(await calls()).toBe(1);
});

test('what was changed during a build is built the next time', async () => {
  await project(`${build}; writeFileSync('web/src/app.html', 'changed meanwhile');`);
  await buildWeb(() => {}, root);
  await buildWeb(() => {}, root);
  expect(await calls()).toBe(2);
});

test('a failed build ends with what it said last, and is tried again', async () => {
  await project('console.error("x.svelte: Unexpected token"); process.exit(1);');
  await put('web/build/handler.js', { at: OLD });
  await put('web/src/app.html', { at: NEW });
  await expect(buildWeb(() => {}, root)).rejects.toThrow(
    /web pages could not be built[^]*ended with 1[^]*Unexpected token/,
  );
  await expect(buildWeb(() => {}, root)).rejects.toThrow('Unexpected token');
});

test('a copy of the project without pages has none to build', async () => {
  await buildWeb(() => {}, root);
  expect(await calls()).toBe(0);
});
