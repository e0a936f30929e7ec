/**
 * Makes pools for tests, and checks after each test that they kept their promises: every submission ended once and is
 * counted, and no listener, timer, port or thread is left of the closed pools.
 */
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import type { PoolOptions, UntypedModule } from 'millrace';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { takeLeftovers } from './leftovers.js';
import { macrotask } from './outcomes.js';
import { TalliedPool } from './tallied-pool.js';

export interface Guard {
  /** Makes a pool of `fixtures/jobs.js` or of another module. The test need not close it. */
  makePool<Module extends object = UntypedModule>(
    options?: PoolOptions<string>,
    module?: URL | string,
  ): TalliedPool<Module>;
  /**
   * Makes a pool for all tests of a file that test values rather than the pool. Leftovers are then checked once, after
   * the last test.
   */
  sharePool(options?: PoolOptions<string>, module?: URL | string): () => TalliedPool;
  /** The threads that were started since the test began. */
  readonly threads: readonly Worker[];
}

/** Only ends a test that hangs. */
const ENDING_MS = 30_000;

/** The URL of a file in `fixtures/`. */
export function fixture(path: string): URL {
  return new URL(`../fixtures/${path}`, import.meta.url);
}

/** The path of a file in `fixtures/`. */
export function fixturePath(path: string): string {
  return fileURLToPath(fixture(path));
}

/** Call it once, at the top of a test file. */
export function guard(): Guard {
  const pools: Array<TalliedPool<any>> = [];
  const shared: TalliedPool[] = [];
  const threads: Worker[] = [];
  const threadStarted = (worker: Worker): void => {
    threads.push(worker);
  };

  // Clears what an earlier file in this process has left: that file has its own checks.
  beforeAll(async () => void (await takeLeftovers()));

  beforeEach(() => {
    pools.length = threads.length = 0;
    process.on('worker', threadStarted);
  });

  afterEach(async () => {
    process.off('worker', threadStarted);
    const threadsLeft = await end(pools);
    const living = (): number => threads.filter(({ threadId }) => threadId !== -1).length;
    // A close at its deadline reports the threads that it could not wait for; they end a little later.
    expect(living()).toBeLessThanOrEqual(threadsLeft);
    await vi.waitFor(() => expect(living()).toBe(0), ENDING_MS);
    if (shared.length === 0) expect(await takeLeftovers()).toEqual([]);
  });

  afterAll(async () => {
    await end(shared);
    expect(await takeLeftovers()).toEqual([]);
  });

  return {
    sharePool: (options = {}, module = fixture('jobs.js')) => {
      let pool: TalliedPool;
      beforeAll(async () => {
        pool = new TalliedPool(module, options);
        shared.push(pool);
        await pool.ready();
      });
      return () => pool;
    },
    makePool: (options = {}, module = fixture('jobs.js')) => {
      const pool = new TalliedPool<any>(module, options);
      pools.push(pool);
      return pool;
    },
    threads,
  };
}

/** @returns Number of threads that are still ending. */
async function end(pools: readonly TalliedPool[]): Promise<number> {
  const reports = await Promise.all(pools.map((pool) => pool.close({ deadlineMs: 0 })));
  await macrotask();
  for (const pool of pools) pool.verify();
  return reports.reduce((sum, { threadsLeft }) => sum + threadsLeft, 0);
}
