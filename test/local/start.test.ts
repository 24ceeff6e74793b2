import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDataDir } from '#local/data-lock.ts';
import { freePort } from '#local/ports.ts';
import { secretKey } from '#local/secret-key.ts';
import { checkPorts, startSettings } from '#local/settings.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'everthread-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('the data folder', () => {
  test('is worked on by one start only, and the second is told by whom', async () => {
    const unlock = await lockDataDir(folder);
    await expect(lockDataDir(folder)).rejects.toThrow(`process ${process.pid}`);
    await unlock();
    await (
      await lockDataDir(folder)
    )();
  });

  test('may have a path too long for a socket', async () => {
    const deep = join(folder, 'a'.repeat(100));
    const unlock = await lockDataDir(deep);
    await expect(lockDataDir(deep)).rejects.toThrow('running already');
    await unlock();
  });
});

describe('the secret key', () => {
  const never = () => Promise.resolve(false);

  test('is made once, and only its owner may read it', async () => {
    const file = join(folder, 'secret.key');
    const key = await secretKey(file, never);
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(await secretKey(file, never)).toBe(key);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('is not made anew while the database holds rows of the lost one', async () => {
    const file = join(folder, 'secret.key');
    await expect(secretKey(file, () => Promise.resolve(true))).rejects.toThrow(/is missing/);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });
});

describe('the settings', () => {
  test('have the known ports as defaults; empty counts as not given', () => {
    expect(startSettings({ PORT: '' })).toMatchObject({
      PORT: 4010,
      SANDBOX_PORT: 4020,
      TEMPORAL_PORT: 7233,
      TEMPORAL_UI_PORT: 8233,
      POSTGRES_PORT: 54320,
    });
  });

  test('are refused by name', () => {
    expect(() => startSettings({ PORT: 'http' })).toThrow(/PORT=http/);
  });

  test('a taken port is named with the setting to change; a part that runs elsewhere needs none', async () => {
    const server = createServer().listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const taken = String(typeof address === 'object' && address ? address.port : '');
    const free = { PORT: String(await freePort()), SANDBOX_PORT: String(await freePort()) };
    const elsewhere = {
      DATABASE_URL: 'postgres://elsewhere/x',
      TEMPORAL_ADDRESS: 'elsewhere:7233',
    };
    try {
      await expect(
        checkPorts(startSettings({ ...free, ...elsewhere, PORT: taken })),
      ).rejects.toThrow(new RegExp(`Port ${taken}.*PORT=`));
      await checkPorts(startSettings({ ...free, ...elsewhere, POSTGRES_PORT: taken }));
    } finally {
      server.close();
    }
  });

  test('one port for two parts is said too', async () => {
    const port = String(await freePort());
    const twice = startSettings({
      DATABASE_URL: 'postgres://elsewhere/x',
      TEMPORAL_ADDRESS: 'elsewhere:7233',
      PORT: port,
      SANDBOX_PORT: port,
    });
    await expect(checkPorts(twice)).rejects.toThrow(
      `Port ${port} is wanted for the inbox and for the sandbox: change SANDBOX_PORT.`,
    );
  });
});
