import { defineConfig } from 'vitest/config';

/** Suites that take minutes, and are run by their own commands: `npm run fuzz`, `npm run chaos`. */
export default defineConfig({
  test: {
    include: ['tests/fuzz/*.fuzz.ts', 'tests/chaos/*.chaos.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 24 * 3_600_000,
    hookTimeout: 600_000,
    disableConsoleIntercept: true,
  },
});
