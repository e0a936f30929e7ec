/** Vitest with happy-dom, which has its own classes in Node's realm. */
export default {
  root: new URL('..', import.meta.url).pathname,
  test: { environment: 'happy-dom', include: ['happy-dom/*.test.mjs'], testTimeout: 60_000 },
};
