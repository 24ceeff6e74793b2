import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { progressLine } from '#local/download.ts';
import { freePort } from '#local/ports.ts';
import { temporalBinary, thisMachine } from '#local/temporal-binary.ts';
import type { Downloads } from '#local/temporal-download.ts';

let folder: string;
let bin: string;
let cacheDir: string;
let downloads: Downloads;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'everthread-'));
  bin = join(folder, 'bin');
  cacheDir = join(folder, 'cache');
  await mkdir(bin);
  said = [];
  downloads = {
    url: `http://127.0.0.1:${await freePort()}/nobody`,
    limits: { stallMs: 30_000, totalMs: 60_000 },
  };
});
afterEach(() => rm(folder, { recursive: true }));

const program = async (file: string, script: string): Promise<string> => {
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
};
/** A place to download from that answers this; nothing is there without it. */
const serve = async (answer: RequestListener): Promise<void> => {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  downloads.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/archive`;
};

/** The release's archive, with this in place of the program. */
const archive = async (script: string): Promise<Buffer> => {
  const release = await mkdtemp(join(folder, 'release-'));
  await program(join(release, 'temporal'), script);
  await writeFile(join(release, 'LICENSE'), 'MIT');
  await promisify(execFile)('tar', ['-czf', 'release.tar.gz', 'LICENSE', 'temporal'], {
    cwd: release,
  });
  return readFile(join(release, 'release.tar.gz'));
};

let said: string[];
const find = () => temporalBinary((line) => said.push(line), { path: bin, cacheDir, downloads });
const cachedFiles = () => readdir(cacheDir, { recursive: true });

// What a `go install` leaves behind: a program in GOBIN. PATH holds nothing else, hence /bin/….
const goodGo = `printf '#!/bin/sh\\nexit 0\\n' > "$GOBIN/temporal"; /bin/chmod 755 "$GOBIN/temporal"`;

test('takes temporal from PATH before the cache', async () => {
  await mkdir(join(cacheDir, 'bin'), { recursive: true });
  await program(join(cacheDir, 'bin', 'temporal'), 'exit 0');
  const onPath = await program(join(bin, 'temporal'), 'exit 0');
  expect(await find()).toBe(onPath);
});

test('takes temporal from the cache before it fetches one', async () => {
  await mkdir(join(cacheDir, 'bin'), { recursive: true });
  const cached = await program(join(cacheDir, 'bin', 'temporal'), 'exit 0');
  await program(join(bin, 'go'), 'exit 1');
  expect(await find()).toBe(cached);
});

test('builds the pinned version into the cache once when there is Go and no download', async () => {
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
    /download[^]*ECONNREFUSED[^]*Temporal CLI[^]*cache\/bin\/temporal[^]*TEMPORAL_DOWNLOAD_URL[^]*install Go[^]*TEMPORAL_ADDRESS/,
  );
  expect(await cachedFiles()).toEqual(['bin']);
});

test('downloads the release for this machine into the cache once, before it asks Go', async () => {
  const release = await archive('exit 0');
  const asked: (string | undefined)[] = [];
  await serve((request, response) => {
    asked.push(request.url);
    response.end(release);
  });
  await program(join(bin, 'go'), 'exit 1');
  const got = await find();
  expect(got).toBe(join(cacheDir, 'bin', 'temporal'));
  expect(await find()).toBe(got);
  expect(asked).toEqual([
    expect.stringMatching(/^\/archive\/v1\.5\.1\?platform=(linux|darwin)&arch=(amd64|arm64)$/),
  ]);
  expect((await cachedFiles()).sort()).toEqual(['bin', 'bin/temporal']);
});

test.for<[string, () => Promise<RequestListener>, RegExp]>([
  ['is not there', async () => (_, response) => response.writeHead(404).end(), /answered 404/],
  ['is no archive', async () => (_, response) => response.end('<html>'), /ended with/],
  [
    'holds a program that does not run here',
    async () => {
      const release = await archive('echo "wrong machine" >&2; exit 126');
      return (_, response) => response.end(release);
    },
    /wrong machine/,
  ],
  [
    'is cut short',
    async () => {
      const release = await archive('exit 0');
      return (_, response) => {
        response.writeHead(200, { 'content-length': release.length });
        response.write(release.subarray(0, 50), () => response.destroy());
      };
    },
    /closed|terminated|ECONNRESET/,
  ],
])('builds it with Go when the download %s', async ([, listener, why]) => {
  await serve(await listener());
  await program(join(bin, 'go'), goodGo);
  expect(await find()).toBe(join(cacheDir, 'bin', 'temporal'));
  expect(said.join('\n')).toMatch(why);
  expect((await cachedFiles()).sort()).toEqual(['bin', 'bin/temporal']);
});

test.for<[string, Downloads['limits'], RegExp]>([
  ['stands still', { stallMs: 100, totalMs: 60_000 }, /nothing came for 0.1 s/],
  ['never ends', { stallMs: 60_000, totalMs: 100 }, /not whole after 0.1 s/],
])('gives a download up that %s', async ([, limits, why]) => {
  await serve((_, response) => void response.writeHead(200).write('x'));
  downloads.limits = limits;
  await expect(find()).rejects.toThrow(why);
});

test('tells how far a download is', () => {
  expect(progressLine(12_000_000, 48_000_000)).toBe('12 of 48 MB (25 %)');
  expect(progressLine(12_000_000, Number(null))).toBe('12 MB');
});

test('the official releases are asked unless a mirror is named', () => {
  expect(thisMachine({}).downloads.url).toBe('https://temporal.download/cli/archive');
  const mirror = thisMachine({ TEMPORAL_DOWNLOAD_URL: 'https://mirror.test/cli' });
  expect(mirror.downloads.url).toBe('https://mirror.test/cli');
});
