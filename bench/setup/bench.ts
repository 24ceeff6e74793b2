import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStack, type Stack } from '#local/stack.ts';
import { createInstallation, type Installation } from './installation.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** What rows are measured on. Started when the first row asks for it. */
export type Bench = {
  isQuick: boolean;
  /** How many of something: a quick bench shows that all works, a full one can be quoted. */
  size: (full: number, quick: number) => number;
  note: (text: string) => void;
  /** A whole installation, with everything running. */
  running: () => Promise<Installation>;
  /** The same with API, worker and sandbox stopped: for what is measured apart from them. */
  apart: () => Promise<Installation>;
  close: () => Promise<void>;
};

export function createBench({ isQuick }: { isQuick: boolean }): Bench {
  let made: Promise<{ installation: Installation; dataDir: string }> | null = null;
  const note = (text: string) => console.error(`  ${text}`);
  const installation = async () => (await (made ??= make())).installation;
  return {
    isQuick,
    size: (full, quick) => (isQuick ? quick : full),
    note,
    async running() {
      const inbox = await installation();
      await Promise.all(appsOf(inbox.stack).map((part) => part.start()));
      return inbox;
    },
    async apart() {
      const inbox = await installation();
      await Promise.all(appsOf(inbox.stack).map((part) => part.stop()));
      return inbox;
    },
    async close() {
      if (made === null) return;
      const { installation, dataDir } = await made;
      await installation.close();
      await installation.stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function appsOf(stack: Stack) {
  return [...stack.apis, ...stack.workers, stack.sandbox];
}

async function make() {
  const dataDir = await mkdtemp(join(tmpdir(), 'everthread-bench-'));
  const found: { workspace?: Workspace } = {};
  const stack = await createStack({
    dataDir,
    isDurable: true,
    // Before the API starts: it keeps to the pages that it found.
    web: true,
    async prepare(made) {
      found.workspace = await createWorkspace(made);
      return {};
    },
  });
  await stack.start();
  if (found.workspace === undefined) throw new Error('The stack was not prepared');
  return {
    installation: createInstallation(stack, { workspace: found.workspace, dataDir }),
    dataDir,
  };
}
