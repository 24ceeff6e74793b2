import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** What a run came to. */
export type Totals = { passed: number; failed: number; skipped: number };

/** `12 passed, 0 failed`, with `, 3 skipped` only when there were any. */
export function totalsLine({ passed, failed, skipped }: Totals): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}

/**
 * Prints the totals as the very last line: scripts read it. A file that cannot be loaded and an
 * error outside of any test count as failed. Where CI is set, a skipped test fails the run.
 */
export default class TotalsReporter implements Reporter {
  #totals: Totals = { passed: 0, failed: 0, skipped: 0 };

  onInit(): void {
    // After everything else, the end of the servers included.
    process.once('exit', (code) => {
      // No test failed, and yet the run did: a global setup, or nothing was found to run.
      if (code !== 0 && this.#totals.failed === 0) this.#totals.failed = 1;
      if (process.env.CI && this.#totals.skipped > 0) {
        process.exitCode = 1;
        writeSync(1, 'In CI no test may be skipped.\n');
      }
      writeSync(1, `${totalsLine(this.#totals)}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const totals = modules.map(totalsOf);
    const sum = (pick: (one: Totals) => number) => totals.reduce((all, one) => all + pick(one), 0);
    this.#totals = {
      passed: sum((one) => one.passed),
      failed: sum((one) => one.failed) + errors.length,
      skipped: sum((one) => one.skipped),
    };
  }
}

function totalsOf(module: TestModule): Totals {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') totals.passed += 1;
    else if (state === 'failed') totals.failed += 1;
    else if (state === 'skipped') totals.skipped += 1;
    // Begun and never ended: the process that ran it is gone.
    else totals.failed += 1;
  }
  // No test failed, and yet the file did: it could not be loaded, or a hook failed.
  if (module.state() === 'failed' && totals.failed === 0) totals.failed += 1;
  return totals;
}
