import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    // Every file starts threads and processes of its own; two at a time suit two cores.
    maxWorkers: 2,
  },
});
