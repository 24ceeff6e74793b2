type Reading = (changed: ReadonlySet<string>) => Promise<void>;

/**
 * A reading of which only one runs at a time, so that the newest answer wins. Who asks while one runs waits for that;
 * after it there is one more, of all that was said to have changed meanwhile.
 */
export function oneAtATime(read: Reading): Reading {
  let running: Promise<void> | null = null;
  let next: ReadonlySet<string> | null = null;
  return async function run(changed) {
    if (running !== null) {
      next = new Set([...(next ?? []), ...changed]);
      return running;
    }
    running = read(changed);
    try {
      await running;
    } finally {
      running = null;
    }
    if (next === null) return;
    const again = next;
    next = null;
    await run(again);
  };
}
