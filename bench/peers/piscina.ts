/**
 * Runs Piscina. Settings, compared with 16 and 256 no-ops and with 64 jobs of 10 µs to 1 ms in flight:
 *
 * - `concurrentTasksPerWorker`, the setting with the largest effect: how many jobs are sent to a thread ahead of
 *   their turn. Of 1, 4 and 64, 64 had the best throughput, about twice that of 1, because neither side waits for the
 *   other; with 1024 in flight 512 was slightly better still. But a job sent ahead is stuck behind the one before it:
 *   for latency it is 1 (in the tails of `bench tail`, 1, 2 and 8 could not be distinguished).
 * - `atomics`: 'sync' (the default), 'async' and 'disabled' were equal within the noise, with 'sync' the best of them
 *   as often as any.
 * - `recordTiming: false` and `FixedQueue`, as Piscina's documentation recommends for speed.
 */
import { fileURLToPath } from 'node:url';
import { JOB_MODULE, wakeThreads } from './jobs.js';
import type { Peer } from './peer.js';

export const piscina: Peer = {
  name: 'piscina',
  package: 'piscina',
  async start({ threads, job, inFlight, favour, isCold }) {
    const { FixedQueue, Piscina } = await import('piscina');
    const pool = new Piscina<number, number>({
      filename: fileURLToPath(JOB_MODULE),
      name: job,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker:
        favour === 'throughput' ? Math.max(64, Math.ceil(inFlight / threads)) : 1,
      atomics: 'sync',
      recordTiming: false,
      taskQueue: new FixedQueue(),
    });
    if (isCold !== true) await wakeThreads(threads, (input) => pool.run(input));
    return {
      run: (input) => pool.run(input),
      stop: () => pool.destroy(),
    };
  },
};
