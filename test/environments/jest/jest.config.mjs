/** Jest with jsdom: timers are numbers; `setImmediate` and `structuredClone` are missing. */
export default {
  testEnvironment: 'jsdom',
  testMatch: ['**/*.test.mjs'],
  rootDir: '..',
  roots: ['<rootDir>/jest'],
  transform: {},
  testTimeout: 60_000,
};
