import { once } from 'node:events';
import { createServer } from 'node:net';

/** Whether something listens on this port of this machine already. */
export async function isTaken(port: number): Promise<boolean> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
    return false;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return true;
    throw error;
  } finally {
    if (server.listening) server.close();
  }
}

// Below 32768: above it the system hands out ports to outgoing connections, and one of those could
// sit on ours while a killed part is down.
const FIRST = 20_000;
const COUNT = 12_000;

/** A port nothing listens on; parts keep theirs over restarts. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (!(await isTaken(port))) return port;
  }
}
