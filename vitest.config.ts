import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 20_000,
    // Every file starts threads and processes of its own; two at a time suit two cores.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'all', include: ['test/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'not coalescing',
          include: ['test/pool/**/*.test.ts'],
          env: { COALESCE: 'off' },
        },
      },
    ],
  },
});
