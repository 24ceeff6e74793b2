import { defineConfig } from 'vitest/config';

const CORES = 2;

/**
 * One project per budget. Groups run one after the other, cheapest first, so that a broken rule is
 * reported before a server is started. The time limits only end what hangs: a busy machine is
 * several times slower than a quiet one.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    reporters: ['default', './test/support/totals-reporter.ts'],
    projects: [
      './web/vite.config.ts',
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/{domain,contracts,channels,sandbox,local,support}/**/*.test.ts'],
          exclude: ['test/local/processes/**'],
          sequence: { groupOrder: 0 },
          maxWorkers: CORES,
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'db',
          include: ['test/{db,activities,api}/**/*.test.ts'],
          globalSetup: ['./test/support/global-postgres.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: CORES,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: ['test/{workflows,worker}/**/*.test.ts'],
          globalSetup: ['./test/support/global-postgres.ts', './test/support/global-temporal.ts'],
          sequence: { groupOrder: 2 },
          maxWorkers: CORES,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/{e2e,chaos,local/processes}/**/*.test.ts'],
          globalSetup: ['./test/support/global-postgres.ts', './test/support/global-temporal.ts'],
          sequence: { groupOrder: 3 },
          maxWorkers: 1,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: [
            './test/support/global-postgres.ts',
            './test/support/global-temporal.ts',
            './test/support/global-web.ts',
          ],
          sequence: { groupOrder: 4 },
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
