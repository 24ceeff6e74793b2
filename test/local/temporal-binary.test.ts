import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporalBinary } from '#local/temporal-binary.ts';

let folder: string;
let bin: string;
let cacheDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'everthread-'));
  bin = join(folder, 'bin');
  cacheDir = join(folder, 'cache');
  await mkdir(bin);
});
afterEach(() => rm(folder, { recursive: true }));

const program = async (file: string, script: string): Promise<string> => {
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
};
const find = () => temporalBinary(() => {}, { path: bin, cacheDir });

// What a `go install` leaves behind: a program in GOBIN. PATH holds nothing else, hence /bin/….
const goodGo = `printf '#!/bin/sh\\nexit 0\\n' > "$GOBIN/temporal"; /bin/chmod 755 "$GOBIN/temporal"`;

test('takes temporal from PATH before the cache', async () => {
  await mkdir(join(cacheDir, 'bin'), { recursive: true });
  await program(join(cacheDir, 'bin', 'temporal'), 'exit 0');
  const onPath = await program(join(bin, 'temporal'), 'exit 0');
  expect(await find()).toBe(onPath);
});

test('takes temporal from the cache before building it', async () => {
  await mkdir(join(cacheDir, 'bin'), { recursive: true });
  const cached = await program(join(cacheDir, 'bin', 'temporal'), 'exit 0');
  await program(join(bin, 'go'), 'exit 1');
  expect(await find()).toBe(cached);
});

test('builds the pinned version into the cache once when Go is there', async () => {
  await program(join(bin, 'go'), `echo "$@" >> ${join(folder, 'calls')}; ${goodGo}`);
  const built = await find();
  expect(built).toBe(join(cacheDir, 'bin', 'temporal'));
  expect(await find()).toBe(built);
  expect(await readFile(join(folder, 'calls'), 'utf8')).toBe(
    'install -v github.com/temporalio/cli/cmd/temporal@v1.5.1\n',
  );
});

test('says what Go said, and the other ways, when the build fails, and keeps nothing of it', async () => {
  await program(join(bin, 'go'), 'echo "proxy unreachable" >&2; exit 1');
  await expect(find()).rejects.toThrow(/proxy unreachable[^]*Temporal CLI[^]*TEMPORAL_ADDRESS/);
  await program(join(bin, 'go'), goodGo);
  expect(await find()).toBe(join(cacheDir, 'bin', 'temporal'));
});

test('names every way to get it when there is none', async () => {
  await expect(find()).rejects.toThrow(
    /Temporal CLI[^]*cache\/bin\/temporal[^]*install Go[^]*TEMPORAL_ADDRESS/,
  );
});
