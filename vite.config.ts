/**
 * Bundles the scripts of the reports' pages, the boxes of every page and the charts of some, into a file
 * each, which `bench/report/html/assets.ts` reads.
 *
 * Invariants: the two share no code, so that neither imports anything; each is one call of a function, so
 * that they may stand in one script; none refers to a source map. They stay readable, as whoever gets a page
 * may want to know what runs in it.
 */
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  logLevel: 'warn',
  build: {
    lib: {
      entry: {
        boxes: 'bench/report/html/browser/boxes.ts',
        charts: 'bench/report/html/browser/charts.ts',
      },
      formats: ['es'],
      fileName: (_, name) => `${name}.js`,
    },
    outDir: 'dist/bench/report/html/browser',
    emptyOutDir: false,
    target: 'es2023',
    rolldownOptions: { output: { banner: '(() => {', footer: '})();' } },
    minify: false,
    sourcemap: false,
  },
});
