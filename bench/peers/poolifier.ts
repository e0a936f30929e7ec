/**
 * Runs Poolifier's `FixedThreadPool`. Settings, compared as for Piscina:
 *
 * - `workerChoiceStrategy`: LEAST_USED (the default) was the best of it, ROUND_ROBIN, LEAST_BUSY and
 *   INTERLEAVED_WEIGHTED_ROUND_ROBIN.
 * - `enableTasksQueue`: off (the default), every job is sent to a thread at once. With the queue and one job at a
 *   time per thread, the throughput was a fifth to a half of that; in `bench tail`, 1, 2 and 4 at a time were no
 *   better than without the queue, in throughput or in the tail.
 * - `enableEvents: false`: nobody listens.
 */
import { fileURLToPath } from 'node:url';
import { builtFile } from '../process/built-file.js';
import { wakeThreads } from './jobs.js';
import type { Peer } from './peer.js';

const THREAD = fileURLToPath(builtFile('bench/peers/poolifier-thread.js'));

export const poolifier: Peer = {
  name: 'poolifier',
  package: 'poolifier',
  async start({ threads, job, isCold }) {
    const { FixedThreadPool, WorkerChoiceStrategies } = await import('poolifier');
    const pool = new FixedThreadPool<number, number>(threads, THREAD, {
      workerChoiceStrategy: WorkerChoiceStrategies.LEAST_USED,
      enableTasksQueue: false,
      enableEvents: false,
    });
    if (isCold !== true) await wakeThreads(threads, (input) => pool.execute(input, job));
    return {
      run: (input) => pool.execute(input, job),
      async stop() {
        // On its own, `destroy` (5.3.2) sometimes waits forever for a thread.
        const threadsLeft = pool.workerNodes.map(({ worker }) => worker.terminate());
        void pool.destroy();
        await Promise.all(threadsLeft);
      },
    };
  },
};
