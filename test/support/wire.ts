import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** A wire to a server that can go dead without either end being told, as when a laptop is closed. */
export type Wire = {
  /** Where the server is to be found behind the wire. */
  url: string;
  /** From now on nothing passes, and nobody is told. */
  cut(): void;
  /** What hung is reset, and new connections pass again. */
  mend(): void;
  close(): Promise<void>;
};

/** @param url of the server, on this machine */
export async function openWire(url: string): Promise<Wire> {
  const target = Number(new URL(url).port);
  const ends = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const pair = [near, connect(target, '127.0.0.1')] as const;
    for (const [from, to] of [pair, pair.toReversed()] as [Socket, Socket][]) {
      ends.add(from);
      from.on('data', (bytes) => (isCut ? undefined : to.write(bytes)));
      from.on('error', () => undefined);
      from.on('close', () => {
        ends.delete(from);
        if (!isCut) to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hangUp = () => ends.forEach((end) => end.destroy());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => (isCut = true),
    mend() {
      isCut = false;
      hangUp();
    },
    async close() {
      hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
