/** Vitest's happy-dom: classes of its own in Node's own realm. */
export default {
  root: new URL('..', import.meta.url).pathname,
  test: { environment: 'happy-dom', include: ['happy-dom/*.test.mjs'], testTimeout: 60_000 },
};
