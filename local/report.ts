/**
 * Wraps one long step of a start, so that whoever waits can be told. The work may say a line of its
 * own now and then.
 */
export type Report = <T>(
  name: string,
  work: (say: (line: string) => void) => Promise<T>,
) => Promise<T>;

/** Nobody is told: for tests. */
export const unreported: Report = (_name, work) => work(() => {});

const STILL_EVERY_MS = 10_000;

/**
 * Tells a person: one line per step when it is done, with its time, and a sign of life in steps
 * that take long.
 */
export const reportToPerson: Report = async (name, work) => {
  const startedAt = Date.now();
  const elapsed = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  let lastSaidAt = startedAt;
  const say = (line: string) => {
    lastSaidAt = Date.now();
    console.log(`  ${name}: ${line}`);
  };
  const alive = setInterval(() => {
    if (Date.now() - lastSaidAt >= STILL_EVERY_MS) say(`still working, ${elapsed()}`);
  }, 1_000);
  try {
    const result = await work(say);
    console.log(`  ${name.padEnd(26)}${elapsed().padStart(8)}`);
    return result;
  } finally {
    clearInterval(alive);
  }
};
