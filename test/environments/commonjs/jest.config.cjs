/** Jest by default: CommonJS, without options of Node. */
module.exports = {
  testMatch: ['**/*.test.cjs'],
  moduleFileExtensions: ['js', 'cjs'],
  transform: {},
  testTimeout: 60_000,
};
