/** Jest as it comes: CommonJS, without an option of Node. */
module.exports = {
  testMatch: ['**/*.test.cjs'],
  moduleFileExtensions: ['js', 'cjs'],
  transform: {},
  testTimeout: 60_000,
};
