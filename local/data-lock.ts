import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The system's limit for the path of a socket is 104 bytes on macOS, 108 on Linux.
const LONGEST_PATH_BYTES = 100;

/**
 * Makes sure that only one start works on a data folder. The lock is a socket, not a file with a
 * number: a killed start leaves nobody listening on it, so it cannot be taken for a running one.
 * @returns gives the folder free
 * @throws Error when another start holds it
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true });
  const path = socketPath(dataDir);
  const holder = await whoHolds(path);
  if (holder !== undefined) {
    throw new Error(
      `Everthread is running already on ${dataDir} (process ${holder}). ` +
        `Stop that one first, or give this one another folder: DATA_DIR=other npm start`,
    );
  }
  await rm(path, { force: true });
  const server = createServer((socket) => socket.end(String(process.pid)));
  server.listen(path);
  await once(server, 'listening');
  server.unref();
  return async () => {
    server.close();
    await once(server, 'close');
  };
}

/** Its process number, or undefined when nobody listens. */
async function whoHolds(path: string): Promise<string | undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  } catch {
    // Refused or not there: left by a killed start, or none was ever made.
    return undefined;
  } finally {
    socket.destroy();
  }
}

function socketPath(dataDir: string): string {
  const path = join(dataDir, 'lock.sock');
  if (Buffer.byteLength(path) <= LONGEST_PATH_BYTES) return path;
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return join(tmpdir(), `everthread-${hash}.sock`);
}
