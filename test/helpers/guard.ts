/**
 * Pools for tests, and after each test the proof that they kept their promises: every submission
 * ended once and is counted, and no listener, timer, port or thread is left of the closed pools.
 */
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import type { PoolOptions, UntypedModule } from 'millrace';
import { afterEach, beforeEach, expect } from 'vitest';
import { takeLeftovers } from './leftovers.js';
import { macrotask } from './outcomes.js';
import { TalliedPool } from './tallied-pool.js';

export interface Guard {
  /** A pool of `fixtures/jobs.js`, or of another module. It need not be closed by the test. */
  makePool<Module extends object = UntypedModule>(
    options?: PoolOptions<string>,
    module?: URL | string,
  ): TalliedPool<Module>;
  /** The threads that were started since the test began. */
  readonly threads: readonly Worker[];
}

/** The URL of a file in `fixtures/`. */
export function fixture(path: string): URL {
  return new URL(`../fixtures/${path}`, import.meta.url);
}

/** The path of a file in `fixtures/`. */
export function fixturePath(path: string): string {
  return fileURLToPath(fixture(path));
}

/** To be called once, at the top of a test file. */
export function guard(): Guard {
  const pools: Array<TalliedPool<any>> = [];
  const threads: Worker[] = [];
  const threadStarted = (worker: Worker): void => {
    threads.push(worker);
  };

  beforeEach(() => {
    pools.length = threads.length = 0;
    process.on('worker', threadStarted);
  });

  afterEach(async () => {
    process.off('worker', threadStarted);
    await Promise.all(pools.map((pool) => pool.close({ deadlineMs: 0 })));
    await macrotask();
    const left = await takeLeftovers();
    for (const pool of pools) pool.verify();
    expect(threads.filter((thread) => thread.threadId !== -1).length).toBe(0);
    expect(left).toEqual([]);
  });

  return {
    makePool: (options = {}, module = fixture('jobs.js')) => {
      const pool = new TalliedPool<any>(module, options);
      pools.push(pool);
      return pool;
    },
    threads,
  };
}
