import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Models run in worker threads of their own; forks keep a native crash from taking the whole suite down.
    pool: 'forks',
    maxWorkers: 2,
    // Not a performance limit: room for a slow machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
