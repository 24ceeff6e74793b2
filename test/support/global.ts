import { chmod } from 'node:fs/promises';

type Made<T> = { value: T; end: () => Promise<void> };
type Shared = { made: Promise<Made<unknown>>; users: number };

// Each project of vitest loads its own copy of a global setup, in one process: only `globalThis` is
// the same for all.
const shared: Map<string, Shared> = ((
  globalThis as { everthreadShared?: Map<string, Shared> }
).everthreadShared ??= new Map());

/**
 * Makes something once for all projects of a run that ask for it.
 * @param make is called by the first one
 * @returns what was made, and how to give it up: the last one ends it
 */
export async function shareAcrossProjects<T>(
  name: string,
  make: () => Promise<Made<T>>,
): Promise<{ value: T; release: () => Promise<void> }> {
  const entry = shared.get(name) ?? { made: make(), users: 0 };
  shared.set(name, entry);
  entry.users += 1;
  const { value, end } = (await entry.made) as Made<T>;
  return {
    value,
    async release() {
      entry.users -= 1;
      if (entry.users > 0) return;
      shared.delete(name);
      await end();
    },
  };
}

/** Lets the user that Postgres runs as pass through a folder from `mkdtemp`. */
export async function openToOthers(folder: string): Promise<void> {
  await chmod(folder, 0o711);
}
