/** Jest's jsdom: timers are numbers; there is no `setImmediate` and no `structuredClone`. */
export default {
  testEnvironment: 'jsdom',
  testMatch: ['**/*.test.mjs'],
  rootDir: '..',
  roots: ['<rootDir>/jest'],
  transform: {},
  testTimeout: 60_000,
};
