/**
 * The projects of the test suite, from the quickest to the slowest: `unit` (and `unit, isolated`),
 * `processes`, `pool`, `not coalescing` and those of `WITHOUT`, `e2e`. CONTRIBUTING.md says which to run when.
 */
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { IS_ALL, IS_FULL } from './test/helpers/extent.js';

/** Start processes or real threads, though they test a single module. */
const PROCESSES = ['test/{src,workers,bench}/**/*.process.test.ts'];

/** Replaces a module, so that it must share none with other files. */
const MOCKING = ['test/workers/runner.test.ts'];

/**
 * Can't differ where jobs don't coalesce: they make all of their pools themselves, or no job of theirs
 * ever waits behind another one whose length is known.
 */
const SAME_WITHOUT = [
  'test/pool/{exit,process,histories.property,unruly.property}.test.ts',
  'test/pool/{compiled,host,loading,memory,module,names,nesting,piscina}.test.ts',
  'test/pool/{pool-options,ready,refusals,thread-options}.test.ts',
  'test/pool/{native-addons,hooks,hardened,replaced-globals}.test.ts',
];

/** Where Node lacks an internal function that the pool uses if it is there. */
const WITHOUT: ReadonlyArray<[name: string, preload: string, files: string]> = [
  ['no tick callback', 'tick-callback-missing', 'cancel,coalescing,shared-threads,stray-errors'],
  ['stubbed tick callback', 'tick-callback-stubbed', 'shared-threads,stray-errors'],
  ['renamed dispatch', 'dispatch-renamed', 'cancel,cloning,close,coalescing,signals,transfer'],
];

/**
 * Only in a run of all: they need other packages, such as the pools to compare with, native addons, a project's
 * Vitest.
 */
const OF_ALL = IS_ALL
  ? []
  : [
      'test/pool/native-addons.test.ts',
      'test/bench/gate/measure/vitest-rounds.process.test.ts',
      'test/bench/peers/peers.process.test.ts',
      'test/e2e/{distributed-bench,gate-vitest,map,overhead,payload,soak,sparse,startup,tail}.test.ts',
    ];

function project(
  name: string,
  test: NonNullable<TestProjectInlineConfiguration['test']>,
): TestProjectInlineConfiguration {
  return { extends: true, test: { ...test, name } };
}

export default defineConfig({
  test: {
    globalSetup: 'test/helpers/build.ts',
    // Only ends what hangs. The slowest test takes 15 s on a quiet machine, and the longest history of a full run a
    // minute.
    testTimeout: IS_FULL ? 600_000 : 120_000,
    hookTimeout: 120_000,
    // Every file starts threads and processes of its own, and waits for them a third of its time: three at a time keep
    // two cores busy (285 s with two of them, 231 with three).
    maxWorkers: 3,
    // What is built runs as it is, and is not transformed again.
    server: { deps: { external: [/\/(?:build|dist)\//] } },
    projects: [
      project('unit', {
        include: ['test/{src,workers,bench,house}/**/*.test.ts'],
        exclude: [...PROCESSES, ...MOCKING],
        isolate: false,
      }),
      project('unit, isolated', { include: MOCKING }),
      project('processes', { include: PROCESSES, exclude: OF_ALL, isolate: false }),
      project('pool', {
        include: ['test/{pool,contract}/**/*.test.ts'],
        exclude: OF_ALL,
        isolate: false,
      }),
      ...(IS_ALL
        ? [
            project('not coalescing', {
              include: ['test/pool/**/*.test.ts'],
              exclude: SAME_WITHOUT,
              env: { COALESCE: 'off', MILLRACE_TESTS: 'quick' },
            }),
            ...WITHOUT.map(([name, preload, files]) =>
              project(name, {
                include: [`test/pool/{${files}}.test.ts`],
                execArgv: ['--require', `./test/fixtures/preloads/${preload}.cjs`],
                env: { MILLRACE_TESTS: 'quick' },
              }),
            ),
          ]
        : []),
      project('e2e', { include: ['test/e2e/**/*.test.ts'], exclude: OF_ALL, isolate: false }),
    ],
  },
});
